/* Checksums: CRC-32 by bit, by table and by nibble, CRC-16, Adler-32, Fletcher, and FNV over bytes and halfwords. */
#include "console.h"

static uint8_t buffer[4099];
static uint32_t table[256];

static uint32_t crc32_bitwise(const uint8_t *p, uint32_t n)
{
    uint32_t c = ~0u;
    while (n--) {
        c ^= *p++;
        for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
    }
    return ~c;
}

static uint32_t crc32_table(const uint8_t *p, uint32_t n)
{
    uint32_t c = ~0u;
    while (n--) c = table[(c ^ *p++) & 255] ^ c >> 8;
    return ~c;
}

static uint16_t crc16(const uint8_t *p, uint32_t n)
{
    uint16_t c = 0xffff;
    while (n--) {
        c = (uint16_t)(c ^ *p++ << 8);
        for (int k = 0; k < 8; k++) c = (uint16_t)(c & 0x8000 ? c << 1 ^ 0x1021 : c << 1);
    }
    return c;
}

static uint32_t adler(const uint8_t *p, uint32_t n)
{
    uint32_t a = 1, b = 0;
    while (n--) {
        a = (a + *p++) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static uint32_t halfwords(const int16_t *p, uint32_t n)
{
    int32_t sum = 0;
    uint32_t h = 2166136261u;
    while (n--) {
        sum += *p;
        h = (h ^ (uint32_t)*p++) * 16777619u;
    }
    return h ^ (uint32_t)sum;
}

static uint32_t signed_bytes(const int8_t *p, uint32_t n)
{
    int32_t sum = 0;
    while (n--) sum = sum * 31 + *p++;
    return (uint32_t)sum;
}

int main(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
        table[i] = c;
    }
    for (uint32_t i = 0; i < sizeof buffer; i++) buffer[i] = (uint8_t)(next_random() >> 11);
    put_line("crc32 of 123456789", crc32_bitwise((const uint8_t *)"123456789", 9));
    put_line("bitwise", crc32_bitwise(buffer, sizeof buffer));
    put_line("table", crc32_table(buffer, sizeof buffer));
    put_line("crc16", crc16(buffer, sizeof buffer));
    put_line("adler", adler(buffer, sizeof buffer));
    put_line("halfwords", halfwords((const int16_t *)(buffer + 1), sizeof buffer / 2));
    put_line("bytes", signed_bytes((const int8_t *)buffer, sizeof buffer));
    return crc32_bitwise(buffer, sizeof buffer) != crc32_table(buffer, sizeof buffer);
}
