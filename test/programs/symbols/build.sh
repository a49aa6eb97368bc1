#!/bin/sh
# Rebuilds the ELF files of this folder: inputs of the tests of the symbols layer. Debian's arm-none-eabi toolchain.
set -e
cd "$(dirname "$0")"
CPU="-mcpu=cortex-a9 -mfpu=vfpv3-d16 -mfloat-abi=hard -ffreestanding"
MAP="-ffile-prefix-map=$PWD=/src/symbols -Wa,--debug-prefix-map=$PWD=/src/symbols"
LINK="-nostdlib -Wl,-Ttext=0x100000 -Wl,--build-id=none"

arm-none-eabi-gcc $CPU $MAP $LINK names.S -o names.elf

app() { # app <name> <options>
  name=$1
  shift
  arm-none-eabi-gcc $CPU $MAP $LINK "$@" start.S app.c -o "$name.elf"
}
app dw2-arm-O0 -gdwarf-2 -gstrict-dwarf -O0 -marm
app dw3-thumb-O2 -gdwarf-3 -gstrict-dwarf -O2 -mthumb
app dw4-thumb-O0 -gdwarf-4 -O0 -mthumb
app dw4-arm-O2 -gdwarf-4 -O2 -marm -fdebug-types-section
app dw5-arm-O0 -gdwarf-5 -O0 -marm
app dw5-thumb-O2 -gdwarf-5 -O2 -mthumb
app dw5-arm-O2 -gdwarf-5 -O2 -marm -ffunction-sections -Wl,--gc-sections -g3
app nocfi-arm-O0 -gdwarf-4 -O0 -marm -fno-asynchronous-unwind-tables -fno-unwind-tables -Wl,--strip-debug
app exidx-thumb-O2 -O2 -mthumb -funwind-tables -g0 -Wl,--defsym=__aeabi_unwind_cpp_pr0=0,--defsym=__aeabi_unwind_cpp_pr1=0
arm-none-eabi-g++ $CPU $MAP $LINK -gdwarf-5 -O0 -marm -fno-exceptions -fno-rtti start.S cpp.cpp -o cpp.elf
app dwarf64 -gdwarf-5 -gdwarf64 -O0 -marm
