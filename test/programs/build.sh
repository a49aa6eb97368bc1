#!/bin/sh
# Rebuilds every test program beside its source. Needs arm-none-eabi-gcc 12.2 with newlib, and picolibc (Debian bookworm);
# the same compiler gives the same bytes. The built ELFs are committed, so tests need none of this.
#   sh build.sh [name...]
set -eu
cd "$(dirname "$0")"
CC=arm-none-eabi-gcc
CPU="-mcpu=cortex-a9"
COMMON="-g -Wall -Wextra -ffile-prefix-map=$(pwd)=. -fno-ident -Wl,--build-id=none -Wl,--no-warn-rwx-segments"
wanted="${*:-}"

# program <name> <sources> <options>
program() {
    name=$1 sources=$2
    shift 2
    case " $wanted " in "  " | *" $name "*) ;; *) return ;; esac
    # Naming both kinds of floating point would choose the wrong library.
    case "$*" in *-mfloat-abi=*) float= ;; *) float=-mfloat-abi=soft ;; esac
    # shellcheck disable=SC2086
    $CC $CPU $float $COMMON $sources "$@" -o "$name.elf"
    arm-none-eabi-objcopy -R .comment -R .ARM.attributes "$name.elf"
    arm-none-eabi-strip --strip-debug "$name.elf"
}

FREE="-nostartfiles -nostdlib -ffreestanding -fno-builtin -Icommon -T common/link.ld"
BASE="common/boot.S common/console.c"
LIBC="-nostartfiles -Icommon -T common/link.ld"

# shellcheck disable=SC2086
{
    program sort-a32-O0 "sort.c $BASE" $FREE -marm -O0 -lgcc
    program sort-t32-O3 "sort.c $BASE" $FREE -mthumb -O3 -lgcc
    program crc-t32-O2 "crc.c $BASE" $FREE -mthumb -O2 -lgcc
    program crc-a32-O1 "crc.c $BASE" $FREE -marm -O1 -lgcc
    program strings-newlib-a32-O2 "strings.c common/boot.S common/syscalls.c" $LIBC -marm -O2
    program strings-newlib-t32-O1 "strings.c common/boot.S common/syscalls.c" $LIBC -mthumb -O1 --specs=nano.specs
    program picoprint-t32-O2 picoprint.c -specs=picolibc.specs --crt0=semihost --oslib=semihost -mthumb -O2 -Wl,--defsym=__flash=0x100000,--defsym=__flash_size=0x80000,--defsym=__ram=0x200000,--defsym=__ram_size=0x100000,--defsym=__stack_size=0x8000
    program recursion-a32-O1 "recursion.c $BASE" $FREE -marm -O1 -lgcc
    program recursion-t32-O0 "recursion.c $BASE" $FREE -mthumb -O0 -lgcc
    program arith64-t32-O3 "arith64.c $BASE" $FREE -mthumb -O3 -lgcc
    program arith64-a32-O2 "arith64.c $BASE" $FREE -marm -O2 -lgcc
    program softfloat-a32-O2 "softfloat.c $BASE" $FREE -marm -O2 -lgcc
    program dispatch-a32-O3 "dispatch.c $BASE" $FREE -marm -O3 -lgcc
    program dispatch-t32-O1 "dispatch.c $BASE" $FREE -mthumb -O1 -lgcc
    program interwork-O2 "interwork.c $BASE" $FREE -marm -mthumb-interwork -O2 -lgcc
    program jumps-newlib-t32-O1 "jumps.c common/boot.S common/syscalls.c" $LIBC -Wno-infinite-recursion -mthumb -O1 --specs=nano.specs
    program atomics-a32-O2 "atomics.c $BASE" $FREE -marm -O2 -lgcc
    program atomics-t32-O1 "atomics.c $BASE" $FREE -mthumb -O1 -lgcc
    program media-a32-O1 "media.c $BASE" $FREE -marm -O1 -lgcc
    program media-t32-O1 "media.c $BASE" $FREE -mthumb -O1 -lgcc
    program unaligned-a32-O2 "unaligned.c $BASE" $FREE -marm -O2 -lgcc
    program unaligned-t32-O2 "unaligned.c $BASE" $FREE -mthumb -O2 -lgcc
    program uart-t32-O2 "uart.c common/boot.S" $FREE -mthumb -O2 -lgcc
    program files-newlib-a32-O1 files.c --specs=rdimon.specs -marm -O1 -Wl,-Ttext-segment=0x100000
    program selfmod-a32 "selfmod.S $BASE" $FREE -marm -O1 -lgcc
    program ldmstm-a32 "ldmstm.S $BASE" $FREE -marm -O1 -lgcc
    program exceptions-a32 "exceptions.S $BASE" $FREE -Wa,-mno-warn-deprecated -marm -O1 -lgcc
    program nothing-a32 "nothing.S $BASE" $FREE -marm -O1 -lgcc
    program vfp-system-a32 "vfp-system.S $BASE" $FREE -marm -O1 -lgcc
    program whetstone-newlib-a32-O2 "whetstone.c common/boot.S common/syscalls.c" $LIBC -DENABLE_VFP -DCODE_A32 -mfpu=vfpv3 -mfloat-abi=hard -mthumb -O2 -ffp-contract=off -lm
    program whetstone-newlib-t32-O1 "whetstone.c common/boot.S common/syscalls.c" $LIBC -DENABLE_VFP -mfpu=vfpv3 -mfloat-abi=softfp -mthumb -O1 -ffp-contract=off -lm
    program neon-system-a32 "neon-system.S $BASE" $FREE -marm -O1 -lgcc
    program neonfloat-a32-O2 "neonfloat.c $BASE" $FREE -DENABLE_VFP -marm -O2 -ftree-vectorize -mfpu=neon -mfloat-abi=softfp -ffast-math -lgcc
    program neonfloat-t32-O1 "neonfloat.c $BASE" $FREE -DENABLE_VFP -mthumb -O1 -ftree-vectorize -mfpu=neon -mfloat-abi=softfp -ffast-math -lgcc
    program neon-a32-O2 "neon.c $BASE" $FREE -DENABLE_VFP -mfpu=neon -mfloat-abi=softfp -marm -O2 -ftree-vectorize -lgcc
    program neon-t32-O1 "neon.c $BASE" $FREE -DENABLE_VFP -mfpu=neon -mfloat-abi=softfp -mthumb -O1 -lgcc
    program libraries-newlib-t32-O2 "libraries.c common/boot.S common/syscalls.c" $LIBC -DENABLE_VFP -mfpu=neon -mfloat-abi=hard -mthumb -O2 -ffp-contract=off -lm
    program libraries-newlib-a32-O2 "libraries.c common/boot.S common/syscalls.c" $LIBC -marm -O2 -lm
    program libraries-picolibc-t32-O1 libraries.c -specs=picolibc.specs --crt0=semihost --oslib=semihost -mthumb -O1 -Wl,--defsym=__flash=0x100000,--defsym=__flash_size=0x80000,--defsym=__ram=0x200000,--defsym=__ram_size=0x100000,--defsym=__stack_size=0x8000 -lm
    program mmu-a32-O1 "mmu.c mmu-vectors.S $BASE" $FREE -marm -O1 -Wno-parentheses -lgcc
    program mmu-t32-O2 "mmu.c mmu-vectors.S $BASE" $FREE -mthumb -O2 -Wno-parentheses -lgcc
    program sgi-a32-O2 "sgi.c irq-vectors.S $BASE" $FREE -marm -O2 -lgcc
    program sgi-t32-O1 "sgi.c irq-vectors.S $BASE" $FREE -mthumb -O1 -lgcc
    program timers-a32-O1 "timers.c irq-vectors.S $BASE" $FREE -DPLACES -marm -O1 -lgcc
    program timers-t32-O2 "timers.c irq-vectors.S $BASE" $FREE -DPLACES -mthumb -O2 -lgcc
    program idle-a32-O1 "idle.c irq-vectors.S $BASE" $FREE -marm -O1 -lgcc
    program dma-a32-O1 "dma.c irq-vectors.S $BASE" $FREE -marm -O1 -lgcc
    program dma-random-t32-O2 "dma-random.c $BASE" $FREE -DROUNDS=60 -DPROGRAM_BYTES=2048 -mthumb -O2 -lgcc
    program semihost-a32-O1 "semihost.c $BASE" $FREE -marm -O1 -DOTHER_SET=\"thumb\" -DOTHER_CALL=0xab -lgcc
    program semihost-t32-O2 "semihost.c $BASE" $FREE -mthumb -O2 -DOTHER_SET=\"arm\" -DOTHER_CALL=0x123456 -lgcc
    program cp15-all-a32-O2 "cp15-all.c cp15-vectors.S $BASE" $FREE -marm -O2 -lgcc
    program echo-t32-O2 "echo.c irq-vectors.S $BASE" $FREE -mthumb -O2 -lgcc
    program reboot-a32-O1 "reboot.c $BASE" $FREE -marm -O1 -lgcc
    program tangle-a32-O2 "tangle.c tangle-vectors.S $BASE" $FREE -Wno-implicit-fallthrough -marm -O2 -lgcc
    program tangle-t32-O1 "tangle.c tangle-vectors.S $BASE" $FREE -Wno-implicit-fallthrough -mthumb -O1 -lgcc
    program tangle-entries-a32 "tangle-entries.S $BASE" $FREE -marm -O1 -lgcc
    program bigendian-a32 "bigendian.S $BASE" $FREE -DENABLE_VFP -mfpu=neon -mfloat-abi=softfp -marm -O1 -lgcc
    program startup-a32 "startup.S $BASE" $FREE -marm -O1 -lgcc
}
