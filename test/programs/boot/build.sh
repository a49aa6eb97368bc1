#!/bin/sh
# Rebuilds the kernel image and the device trees. Needs arm-none-eabi-gcc 12.2 and dtc (Debian: device-tree-compiler).
set -eu
cd "$(dirname "$0")"
arm-none-eabi-gcc -mcpu=cortex-a9 -mfloat-abi=soft -marm -O2 -Wall -Wextra -Wno-main -Wno-array-bounds -nostdlib -ffreestanding \
    -fno-tree-loop-distribute-patterns -fno-delete-null-pointer-checks -ffile-prefix-map="$(pwd)"=. -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
    -T link.ld zimage.S kernel.c -lgcc -o kernel.elf
arm-none-eabi-objcopy -O binary -j .text kernel.elf kernel.zimage
arm-none-eabi-strip --strip-debug kernel.elf
for tree in board wide; do dtc -I dts -O dtb -o $tree.dtb $tree.dts; done
