#!/bin/sh
# Rebuilds runtime.elf, which is committed: sh build.sh. Needs arm-none-eabi-gcc.
set -eu
cd "$(dirname "$0")"
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
arm-none-eabi-gcc -mcpu=cortex-a9 -c -Wa,-mno-warn-deprecated runtime.S -o "$objects/runtime.o"
(cd "$objects" && arm-none-eabi-ld -Ttext=0x100000 -N --no-warn-rwx-segments runtime.o -o runtime.elf)
arm-none-eabi-objcopy -R .ARM.attributes "$objects/runtime.elf" runtime.elf
