/* What a benchmark guest and its frame share. */
#ifndef GUEST_H
#define GUEST_H

#include <stdint.h>

typedef uint32_t u32;
typedef uint16_t u16;
typedef uint8_t u8;

/* One kernel: a repetition does the same work each time and returns the same checksum. */
struct kernel {
    const char *name;
    u32 (*run)(void);
};

/* The guest's own list, ended by a name of 0. */
extern const struct kernel kernels[];

/* Interrupts taken since the start, counted by start.S. */
extern volatile u32 interrupts;

/* The same sequence for each repetition: seeded anew by the frame. */
u32 next_random(void);

#define NOINLINE __attribute__((noinline))
#define REGISTER(address) (*(volatile u32 *)(address))

#endif
