/* picolibc's stdio and string functions, its own start-up code and semihosting. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned roman(char *out, unsigned value)
{
    static const struct {
        unsigned value;
        const char *text;
    } steps[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
                 {40, "XL"},  {10, "X"},   {9, "IX"},  {5, "V"},    {4, "IV"},  {1, "I"}};
    char *at = out;
    for (unsigned i = 0; value; i++) {
        for (; value >= steps[i].value; value -= steps[i].value) {
            strcpy(at, steps[i].text);
            at += strlen(at);
        }
    }
    return (unsigned)(at - out);
}

int main(void)
{
    char text[80];
    for (unsigned year = 1970; year < 2030; year += 7) {
        unsigned length = roman(text, year);
        printf("%u = %-12s (%u)%c", year, text, length, year % 2 ? '\n' : ' ');
    }
    printf("\n%08" PRIx32 " %" PRId64 " %" PRIu32 "\n", (uint32_t)0xcafe, (int64_t)-5000000000, UINT32_MAX);
    sprintf(text, "[%10s|%-10s|%.3s]", "right", "left", "truncated");
    puts(text);
    for (char *p = text; *p; p++) *p = (char)(isalpha((unsigned char)*p) ? toupper((unsigned char)*p) : *p);
    puts(text);
    int a, b, n = sscanf("17 0x2a rest", "%d %i", &a, &b);
    printf("%d %d %d\n", n, a, b);
    char *block = malloc(1000);
    memset(block, 'z', 999);
    block[999] = 0;
    printf("%u %s\n", (unsigned)strlen(block), block + 990);
    free(block);
    return 7;
}
