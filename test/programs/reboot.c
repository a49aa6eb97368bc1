/* Resets the system three times by the SLCR: what stays and what begins anew. */
#include "console.h"
#include "gic.h"

#define SLCR 0xf8000000u

static uint32_t initialised = 0x11111111;
/* Where nothing is loaded: memory that a reset leaves alone. */
#define KEPT ((volatile uint32_t *)0x1800000)

int main(void)
{
    uint32_t sctlr, vbar;
    __asm__ volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(sctlr));
    __asm__ volatile("mrc p15, 0, %0, c13, c0, 3" : "=r"(vbar));
    put_line("start", KEPT[0]);
    put_line("initialised", initialised);
    put_line("SCTLR", sctlr);
    put_line("TPIDRURO", vbar);
    put_line("distributor", REGISTER(GICD));
    put_line("priority", REGISTER(GICC + 4));
    put_line("timer", REGISTER(PRIVATE_TIMER));
    put_line("SLCR lock", REGISTER(SLCR + 0xc));
    put_line("REBOOT_STATUS", REGISTER(SLCR + 0x258));
    if (KEPT[0] == 3) return 7;
    KEPT[0]++;
    initialised = 0x22222222;
    gic_start();
    REGISTER(PRIVATE_TIMER) = 0x12345678;
    __asm__ volatile("mcr p15, 0, %0, c13, c0, 3" : : "r"(0x55));
    REGISTER(SLCR + 8) = 0xdf0d;
    REGISTER(SLCR + 0x258) = 0xab0000;
    REGISTER(SLCR + 0x200) = 1;
    for (;;) {
        __asm__ volatile("wfi");
    }
}
