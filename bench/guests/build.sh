#!/bin/sh
# Rebuilds the benchmark guests beside their sources. Needs arm-none-eabi-gcc 12.2 with newlib (Debian bookworm) and node;
# the same compiler gives the same bytes. The ELFs are committed, so the benchmark needs none of this.
set -eu
cd "$(dirname "$0")"
PROGRAMS=../../test/programs/common
CFLAGS="-mcpu=cortex-a9 -mfpu=vfpv3 -mfloat-abi=hard -O2 -g -Wall -Wextra -fno-ident -ffp-contract=off"
CFLAGS="$CFLAGS -ffile-prefix-map=$(cd ../.. && pwd)=. -I. -I$PROGRAMS"
LINK="-nostartfiles -T link.ld -Wl,--build-id=none -Wl,--no-warn-rwx-segments"

# guest <name> <sources and options>
guest() {
    name=$1
    shift
    # shellcheck disable=SC2086
    arm-none-eabi-gcc $CFLAGS start.S frame.c $PROGRAMS/syscalls.c "$@" $LINK -lm -o "$name.elf"
    arm-none-eabi-objcopy -R .comment -R .ARM.attributes "$name.elf"
    arm-none-eabi-strip --strip-debug "$name.elf"
}

guest kernels-a32 -marm kernels.c
guest kernels-t32 -mthumb kernels.c
guest changing-a32 -marm changing.c
guest tangle-a32 -marm -Wno-implicit-fallthrough tangle.c
node make-cold.mjs > cold.c
guest cold-a32 -marm -Wno-tautological-compare cold.c
rm cold.c
