#!/bin/sh
# Rebuilds runtime.elf, which is committed: sh build.sh. Needs arm-none-eabi-gcc.
set -eu
cd "$(dirname "$0")"
arm-none-eabi-gcc -mcpu=cortex-a9 -nostdlib -Wl,-Ttext=0x100000,-N,--build-id=none,--no-warn-rwx-segments \
    -ffile-prefix-map="$(pwd)"=. runtime.S -o runtime.elf
arm-none-eabi-objcopy -R .ARM.attributes runtime.elf
