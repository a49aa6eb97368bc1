#!/bin/sh
# Rebuilds matmul.elf: sh build.sh. Needs arm-none-eabi-gcc (Debian: gcc-arm-none-eabi). The paths in its debug information
# are relative to this folder. The end of .text is then written into launch.json and README.md, where the cache plugin is
# told it.
set -eu
cd "$(dirname "$0")"
here=$(pwd)
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
for source in boot.S main.c list.c uart.c; do
    arm-none-eabi-gcc -mcpu=cortex-a9 -marm -mfloat-abi=soft -g -O1 -fno-inline -Wall -Wextra -ffreestanding -fno-builtin \
        -fno-ident -fdebug-prefix-map="$here"=. -c $source -o "$objects/${source%.*}.o"
done
(cd "$objects" && arm-none-eabi-gcc -mcpu=cortex-a9 -marm -nostartfiles -nostdlib -Wl,--build-id=none,--no-warn-rwx-segments \
    -T "$here/lscript.ld" boot.o main.o list.o uart.o -lgcc -o matmul.elf)
cp "$objects/matmul.elf" matmul.elf
end=$(arm-none-eabi-nm matmul.elf | sed -n 's/^0*\([0-9a-f]*\) . _text_end$/\1/p')
sed -i "s/arg=0x100000,arg=0x[0-9a-f]*/arg=0x100000,arg=0x$end/" .vscode/launch.json README.md
