#!/bin/sh
# Rebuilds steps.elf and echo.elf. Needs arm-none-eabi-gcc (Debian: gcc-arm-none-eabi).
set -e
cd "$(dirname "$0")"
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
flags="-mcpu=cortex-a9 -mfloat-abi=soft -ffreestanding -fdebug-prefix-map=$PWD=."
arm-none-eabi-gcc $flags -c bare.S -o "$objects/bare.o"
arm-none-eabi-gcc $flags -mthumb -g -O0 -c steps.c -o "$objects/steps.o"
arm-none-eabi-gcc -nostdlib -Wl,-Ttext=0x100000,--build-id=none,-e,_start "$objects/bare.o" "$objects/steps.o" -o steps.elf
arm-none-eabi-gcc $flags -nostdlib -Wl,-Ttext=0x100000,--build-id=none,-e,_start echo.S -o echo.elf
