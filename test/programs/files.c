/* Files and the other semihosting calls, through newlib's librdimon and directly. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/semihosting.h"

static int call3(int operation, uint32_t a, uint32_t b, uint32_t c)
{
    const uint32_t block[3] = {a, b, c};
    return semihosting(operation, block);
}

int main(int argc, char **argv)
{
    printf("%d arguments", argc);
    for (int i = 1; i < argc; i++) printf(" [%s]", argv[i]);
    printf("\n");
    FILE *f = fopen("files-test.txt", "w");
    if (!f) {
        printf("cannot write\n");
        return 1;
    }
    for (int i = 0; i < 40; i++) fprintf(f, "line %d: %d\n", i, i * i);
    fclose(f);
    f = fopen("files-test.txt", "r");
    char line[80];
    int lines = 0, sum = 0, n, square;
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "line %d: %d", &n, &square) == 2) sum += square - n;
        lines++;
    }
    printf("%d lines, %d\n", lines, sum);
    fseek(f, 100, SEEK_SET);
    printf("%s", fgets(line, sizeof line, f));
    fseek(f, -8, SEEK_END);
    printf("%s", fgets(line, sizeof line, f));
    fclose(f);
    printf("missing: %s\n", fopen("files-missing.txt", "r") ? "opened" : "refused");

    int h = call3(SYS_OPEN, (uint32_t) "files-test.txt", 1, 14);
    printf("length %d, tty %d, flen bad %d\n", call3(SYS_FLEN, (uint32_t)h, 0, 0), call3(SYS_ISTTY, (uint32_t)h, 0, 0),
           call3(SYS_FLEN, 77, 0, 0));
    printf("errno %d\n", semihosting(SYS_ERRNO, 0));
    memset(line, 0, sizeof line);
    printf("read all but %d\n", call3(SYS_READ, (uint32_t)h, (uint32_t)line, 20));
    printf("<%s>\n", line);
    printf("seek %d, read short by %d\n", call3(SYS_SEEK, (uint32_t)h, 500, 0), call3(SYS_READ, (uint32_t)h, (uint32_t)line, 79));
    printf("at the end short by %d\n", call3(SYS_READ, (uint32_t)h, (uint32_t)line, 10));
    printf("close %d, again %d\n", call3(SYS_CLOSE, (uint32_t)h, 0, 0), call3(SYS_CLOSE, (uint32_t)h, 0, 0));
    const uint32_t names[4] = {(uint32_t) "files-test.txt", 14, (uint32_t) "files-moved.txt", 15};
    printf("rename %d, ", semihosting(SYS_RENAME, names));
    printf("again %d, ", semihosting(SYS_RENAME, names));
    printf("remove %d, ", call3(SYS_REMOVE, (uint32_t) "files-moved.txt", 15, 0));
    printf("again %d, errno %d\n", call3(SYS_REMOVE, (uint32_t) "files-moved.txt", 15, 0), semihosting(SYS_ERRNO, 0));
    printf("tickfreq %d\n", semihosting(SYS_TICKFREQ, 0));
    uint64_t ticks;
    printf("elapsed %d\n", semihosting(SYS_ELAPSED, &ticks));
    printf("iserror %d %d\n", call3(SYS_ISERROR, 0, 0, 0), call3(SYS_ISERROR, (uint32_t)-1, 0, 0));
    uint32_t info[4] = {0}, *pointer = info;
    int heap = semihosting(SYS_HEAPINFO, &pointer);
    printf("heapinfo %d %08lx %08lx %08lx %08lx\n", heap, (long)info[0], (long)info[1], (long)info[2], (long)info[3]);
    return 42;
}
