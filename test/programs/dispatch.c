/* Indirect control flow: a bytecode machine with a dense switch, and tables of functions. */
#include "console.h"

enum { PUSH, ADD, SUB, MUL, XOR, DUP, SWAP, OVER, JNZ, DEC, SHL, SHR, AND, OR, NOT, HALT };

static const uint8_t program[] = {
    PUSH, 1, PUSH, 200, /* acc counter */
    SWAP, PUSH, 3, MUL, PUSH, 7, ADD, DUP, PUSH, 5, SHR, XOR, DUP, PUSH, 1, AND, PUSH, 4, SHL, ADD, NOT, PUSH, 255, OR, SWAP,
    DEC, DUP, JNZ, 4, /* back to the first SWAP while the counter is not 0 */
    PUSH, 9, SUB, OVER, XOR, HALT};

static uint32_t run(void)
{
    uint32_t stack[16] = {0};
    unsigned sp = 0, pc = 0;
    for (;;) {
        uint32_t t;
        switch (program[pc++]) {
        case PUSH: stack[sp++] = program[pc++]; break;
        case ADD: sp--; stack[sp - 1] += stack[sp]; break;
        case SUB: sp--; stack[sp - 1] -= stack[sp]; break;
        case MUL: sp--; stack[sp - 1] *= stack[sp]; break;
        case XOR: sp--; stack[sp - 1] ^= stack[sp]; break;
        case AND: sp--; stack[sp - 1] &= stack[sp]; break;
        case OR: sp--; stack[sp - 1] |= stack[sp]; break;
        case SHL: sp--; stack[sp - 1] <<= stack[sp] & 31; break;
        case SHR: sp--; stack[sp - 1] >>= stack[sp] & 31; break;
        case DUP: stack[sp] = stack[sp - 1]; sp++; break;
        case OVER: stack[sp] = stack[sp - 2]; sp++; break;
        case SWAP: t = stack[sp - 1]; stack[sp - 1] = stack[sp - 2]; stack[sp - 2] = t; break;
        case NOT: stack[sp - 1] = ~stack[sp - 1]; break;
        case DEC: stack[sp - 1]--; break;
        case JNZ: t = stack[--sp]; pc = t ? program[pc] : pc + 1; break;
        case HALT: return stack[sp - 1] ^ stack[0];
        default: return 0xbad;
        }
    }
}

typedef uint32_t Operation(uint32_t, uint32_t);

static uint32_t rotate(uint32_t a, uint32_t b) { b &= 31; return b ? a << b | a >> (32 - b) : a; }
static uint32_t mix(uint32_t a, uint32_t b) { return (a ^ b) * 0x9e3779b1u; }
static uint32_t clear(uint32_t a, uint32_t b) { return a & ~b; }
static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }
static uint32_t most(uint32_t a, uint32_t b) { return (int32_t)a > (int32_t)b ? a : b; }
static uint32_t average(uint32_t a, uint32_t b) { return (a & b) + ((a ^ b) >> 1); }

static Operation *const operations[] = {rotate, mix, clear, least, most, average};

static const char *name_of(uint32_t v)
{
    switch (v % 11) {
    case 0: return "zero";
    case 1: return "one";
    case 2: return "two";
    case 3: return "three";
    case 5: return "five";
    case 8: return "eight";
    default: return "other";
    }
}

int main(void)
{
    uint32_t a = 0x12345678;
    put_line("machine", run());
    for (int i = 0; i < 300; i++) a = operations[next_random() % 6](a, next_random()) + (uint32_t)i;
    put_line("operations", a);
    for (uint32_t i = 0; i < 11; i++) {
        put_string(name_of(i));
        put_string(i < 10 ? " " : "\n");
    }
    return 0;
}
