#!/bin/sh
# Rebuilds the programs of this folder (Debian bookworm's arm-none-eabi-gcc).
set -eu
cd "$(dirname "$0")"
common=../../../programs/common
arm-none-eabi-gcc -mcpu=cortex-a9 -mfloat-abi=soft -g -O1 -marm -Wall -Wextra -Wno-array-bounds -ffile-prefix-map="$(pwd)=." \
    -fno-ident -Wl,--build-id=none -Wl,--no-warn-rwx-segments -nostartfiles -nostdlib -ffreestanding -fno-builtin -I$common \
    -T $common/link.ld smp.c cpu1.S ../../../programs/irq-vectors.S $common/boot.S $common/console.c -lgcc -o smp.elf
arm-none-eabi-objcopy -R .comment -R .ARM.attributes smp.elf
