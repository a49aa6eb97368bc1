#!/bin/sh
# Rebuilds rtos.elf (one CPU) and rtos-smp.elf (two): sh build.sh. Needs arm-none-eabi-gcc (Debian: gcc-arm-none-eabi). The
# paths in their debug information are relative to this folder. The end of .text is then written into launch.json.
set -eu
cd "$(dirname "$0")"
here=$(pwd)
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
build() {
    name=$1 cpus=$2
    for source in boot.S kernel.c board.c main.c float.c; do
        # The kernel itself must not touch the registers that belong to a task.
        case $source in boot.S | float.c) float="-mfpu=vfpv3 -mfloat-abi=softfp" ;; *) float=-mfloat-abi=soft ;; esac
        # shellcheck disable=SC2086
        arm-none-eabi-gcc -mcpu=cortex-a9 -marm $float -DCPUS="$cpus" -g -O1 -fno-inline -Wall -Wextra -Wno-infinite-recursion -ffreestanding \
            -fno-builtin -fno-ident -fdebug-prefix-map="$here"=. -c $source -o "$objects/${source%.*}.o"
    done
    (cd "$objects" && arm-none-eabi-gcc -mcpu=cortex-a9 -marm -nostartfiles -nostdlib \
        -Wl,--build-id=none,--no-warn-rwx-segments -T "$here/lscript.ld" boot.o kernel.o board.o main.o float.o -lgcc -o "$name")
    cp "$objects/$name" "$name"
}
build rtos.elf 1
build rtos-smp.elf 2
