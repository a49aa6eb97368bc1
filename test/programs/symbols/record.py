# Run by record.sh inside GDB: steps through the program by instruction and writes every few steps the registers, the
# stack, and the frames GDB finds, with their variables.
import json
import os

import gdb

gdb.execute("set pagination off")
gdb.execute("set backtrace past-main on")
gdb.execute("set backtrace limit 16")
gdb.execute("set print frame-arguments none")

STACK_TOP = 0x200000
name = os.environ["RECORD"]
debug = name.startswith("dw")
inferior = gdb.selected_inferior()


def word(value):
    return int(value) & 0xFFFFFFFF


def variables(frame):
    result = {}
    try:
        block = frame.block()
    except RuntimeError:
        return result
    while block is not None:
        for symbol in block:
            if (symbol.is_variable or symbol.is_argument) and symbol.name not in result:
                try:
                    value = symbol.value(frame)
                    result[symbol.name] = "<optimized out>" if value.is_optimized_out else value.format_string()
                except (gdb.error, gdb.MemoryError) as error:
                    result[symbol.name] = "<error: %s>" % error
        if block.function is not None:
            break
        block = block.superblock
    return result


def frames():
    result = []
    frame = gdb.newest_frame()
    while frame is not None and frame.is_valid() and len(result) < 16:
        entry = {"name": frame.name(), "inline": frame.type() == gdb.INLINE_FRAME, "pc": frame.pc()}
        if not entry["inline"]:
            entry["sp"] = word(frame.read_register("sp"))
        line = frame.find_sal().line
        if debug and line:
            entry["line"] = line
        if debug:
            entry["variables"] = variables(frame)
        result.append(entry)
        try:
            frame = frame.older()
        except gdb.error:
            break
    return result


def state():
    registers = [word(gdb.parse_and_eval("$r%d" % index)) for index in range(13)]
    registers += [word(gdb.parse_and_eval("$" + other)) for other in ("sp", "lr", "pc")]
    sp = registers[13]
    stack = bytes(inferior.read_memory(sp, STACK_TOP - sp)) if 0 < STACK_TOP - sp < 0x1000 else b""
    return {"registers": registers, "stack": stack.hex(), "frames": frames()}


gdb.execute("break *%d" % int(gdb.parse_and_eval("(long)&main") & ~1))
gdb.execute("continue")
gdb.execute("delete")
states = []
for step in range(400):
    if step % 3 == 0:
        entry = state()
        states.append(entry)
    if gdb.newest_frame().name() == "_start":
        break
    gdb.execute("stepi", to_string=True)

with open(name + ".frames.txt", "w") as file:
    file.write('{"stackTop": %d, "states": [\n' % STACK_TOP)
    file.write(",\n".join(json.dumps(entry, separators=(",", ":")) for entry in states))
    file.write("\n]}\n")
print("%s: %d states" % (name, len(states)))
