#!/bin/sh
# Records what GDB says of the programs of this folder while QEMU runs them: the expected results of the unwinding and
# variable tests. Writes <name>.frames.txt. Needs qemu-system-arm and gdb-multiarch.
set -e
cd "$(dirname "$0")"
for name in dw2-arm-O0 dw3-thumb-O2 dw4-thumb-O0 dw5-arm-O2 nocfi-arm-O0 exidx-thumb-O2; do
  qemu-system-arm -M xilinx-zynq-a9 -nographic -semihosting -serial null -monitor none \
    -device loader,file=$name.elf,cpu-num=0 -S -gdb tcp:127.0.0.1:3917 &
  qemu=$!
  sleep 1
  RECORD=$name gdb-multiarch -q -batch -ex "set confirm off" -ex "file $name.elf" -ex "target remote 127.0.0.1:3917" \
    -x record.py || true
  kill $qemu 2>/dev/null || true
  wait $qemu 2>/dev/null || true
done
