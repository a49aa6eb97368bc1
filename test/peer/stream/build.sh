#!/bin/sh
# Rebuilds runtime.elf and system.elf, which are committed: sh build.sh. Needs arm-none-eabi-gcc.
set -eu
cd "$(dirname "$0")"
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
for name in runtime system; do
    arm-none-eabi-gcc -mcpu=cortex-a9 -c -Wa,-mno-warn-deprecated "$name.S" -o "$objects/$name.o"
    (cd "$objects" && arm-none-eabi-ld -Ttext=0x100000 -N --no-warn-rwx-segments "$name.o" -o "$name.elf")
    arm-none-eabi-objcopy -R .ARM.attributes "$objects/$name.elf" "$name.elf"
done
