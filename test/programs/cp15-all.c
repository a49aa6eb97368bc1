/* Reads every encoding of coprocessors 14 and 15, privileged and in User mode: which are UNDEFINED, and what they hold. */
#include "console.h"

#define COUNT (1 << 14)
#define SENTINEL 0xdeadbeefu
#define RETURN 0xe12fff1eu /* bx lr */

extern volatile uint32_t undefined_count;
uint32_t call_privileged(const uint32_t *code, uint32_t value), call_user(const uint32_t *code, uint32_t value);
void install_vectors(void);

static uint32_t stubs[2 * COUNT][2];
static uint32_t stubs64[2 * 256][2];

static uint32_t mix(uint32_t hash, uint32_t value)
{
    return (hash << 5 | hash >> 27) ^ (value * 0x9e3779b1u);
}

static void show(const char *who, uint32_t (*call)(const uint32_t *, uint32_t), const uint32_t (*code)[2], int count)
{
    uint32_t hash = 0, allowed = 0;
    for (int i = 0; i < count; i++) {
        uint32_t before = undefined_count, value = call(code[i], SENTINEL);
        int is_undefined = undefined_count != before;
        hash = mix(hash, is_undefined ? ~0u : value);
        allowed += !is_undefined;
    }
    put_string(who);
    put_string(" ");
    put_decimal((int32_t)allowed);
    put_string(" ");
    put_hex(hash);
}

int main(void)
{
    install_vectors();
    /* crn is the slowest, so that a line can be printed for each. */
    for (uint32_t i = 0; i < 2 * COUNT; i++) {
        uint32_t coproc = 14 + i / COUNT, crn = i >> 10 & 15, opc1 = i >> 7 & 7, crm = i >> 3 & 15, opc2 = i & 7;
        stubs[i][0] = 0xee100010u | opc1 << 21 | crn << 16 | coproc << 8 | opc2 << 5 | crm; /* mrc …, r0 */
        stubs[i][1] = RETURN;
    }
    for (uint32_t i = 0; i < 2 * 256; i++) {
        uint32_t coproc = 14 + i / 256, opc1 = i >> 4 & 15, crm = i & 15;
        stubs64[i][0] = 0xec500000u | 1u << 16 | coproc << 8 | opc1 << 4 | crm; /* mrrc …, r0, r1 */
        stubs64[i][1] = RETURN;
    }
    for (uint32_t coproc = 14; coproc < 16; coproc++) {
        for (uint32_t crn = 0; crn < 16; crn++) {
            const uint32_t(*code)[2] = stubs + (coproc - 14) * COUNT + (crn << 10);
            put_string("p");
            put_decimal((int32_t)coproc);
            put_string(" c");
            put_decimal((int32_t)crn);
            show(": privileged", call_privileged, code, 1 << 10);
            show(", user", call_user, code, 1 << 10);
            put_string("\n");
        }
        put_string("64 bits");
        show(": privileged", call_privileged, stubs64 + (coproc - 14) * 256, 256);
        show(", user", call_user, stubs64 + (coproc - 14) * 256, 256);
        put_string("\n");
    }
    put_line("undefined", undefined_count);
    return 0;
}
