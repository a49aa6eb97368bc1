/* The C library: printf, malloc, string functions, qsort, strtol. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Word {
    struct Word *next;
    unsigned count;
    char text[];
} Word;

static const char prose[] =
    "the quick brown fox jumps over the lazy dog while the other dog sleeps and the fox runs over the hill "
    "to the river where the lazy water flows over stones and the quick fish jumps";

static int by_count(const void *a, const void *b)
{
    const Word *x = *(Word *const *)a, *y = *(Word *const *)b;
    return x->count != y->count ? (int)y->count - (int)x->count : strcmp(x->text, y->text);
}

int main(void)
{
    char *copy = malloc(sizeof prose);
    Word *words = NULL;
    unsigned distinct = 0;
    strcpy(copy, prose);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        Word *found = words;
        while (found && strcmp(found->text, word)) found = found->next;
        if (!found) {
            found = calloc(1, sizeof *found + strlen(word) + 1);
            strcpy(found->text, word);
            found->next = words;
            words = found;
            distinct++;
        }
        found->count++;
    }
    Word **sorted = malloc(distinct * sizeof *sorted);
    unsigned n = 0;
    for (Word *w = words; w; w = w->next) sorted[n++] = w;
    qsort(sorted, n, sizeof *sorted, by_count);
    for (unsigned i = 0; i < n && i < 8; i++) printf("%-6s|%3u|\n", sorted[i]->text, sorted[i]->count);
    printf("%d %5d %-5d| %05d %x %#X %o %c %s %%\n", -42, 42, 42, 42, 0xbeefu, 0xbeefu, 8u, 'x', "text");
    printf("%lld %llu %llx\n", -1234567890123456789LL, 12345678901234567890ULL, 0x123456789abcdefULL);
    printf("%ld %lu\n", strtol("-0x7f", NULL, 0), strtoul("4294967295", NULL, 10));
    char text[64];
    snprintf(text, sizeof text, "%s-%03d-%s", "abc", 7, "xyz");
    printf("%s %u %s %s\n", text, (unsigned)strlen(text), strchr(text, '-'), strstr(text, "xy"));
    memmove(text + 2, text, 8);
    text[10] = 0;
    printf("%s %d %d\n", text, memcmp("abc", "abd", 3) < 0, strncmp("abc", "abx", 2));
    for (size_t size = 1; size < 5000; size = size * 3 + 1) {
        unsigned char *block = malloc(size);
        memset(block, (int)size, size);
        unsigned sum = 0;
        for (size_t i = 0; i < size; i++) sum += block[i];
        printf("%u:%u ", (unsigned)size, sum);
        block = realloc(block, size * 2);
        free(block);
    }
    printf("\n");
    return 0;
}
