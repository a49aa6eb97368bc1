#!/bin/sh
# Rebuilds the ELF files of this folder: inputs of the tests of the symbols layer. Debian's arm-none-eabi toolchain.
set -e
cd "$(dirname "$0")"
CC=arm-none-eabi-gcc
CPU="-mcpu=cortex-a9"
MAP="-ffile-prefix-map=$PWD=/src/symbols"
LINK="-nostdlib -Wl,-Ttext=0x100000 -Wl,--build-id=none"

$CC $CPU $MAP $LINK names.S -o names.elf
