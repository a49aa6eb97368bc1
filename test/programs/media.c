/* The media (DSP and SIMD) instructions on many operands, with the flags they set. */
#include "console.h"

static uint32_t hash;

static void take(uint32_t value)
{
    hash = (hash ^ value) * 16777619u;
}

/* The saturation flag and GE, then Q cleared. */
static void take_flags(void)
{
    uint32_t flags;
    __asm__ volatile("mrs %0, apsr" : "=r"(flags));
    take(flags & 0x080f0000);
    __asm__ volatile("msr apsr_nzcvq, %0" ::"r"(0));
}

#define TWO(op) do { uint32_t r; __asm__ volatile(op " %0, %1, %2" : "=r"(r) : "r"(a), "r"(b)); take(r); } while (0)
#define THREE(op) do { uint32_t r; __asm__ volatile(op " %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(c)); take(r); } while (0)
#define ONE(op, ...) do { uint32_t r; __asm__ volatile(op : "=r"(r) : "r"(a)); take(r); } while (0)
#define LONG(op) do { uint32_t l = c, h = a; __asm__ volatile(op " %0, %1, %2, %3" : "+r"(l), "+r"(h) : "r"(a), "r"(b)); take(l); take(h); } while (0)
#define FLAGS(op) do { TWO(op); take_flags(); } while (0)
/* The GE flags must reach SEL with nothing in between. */
#define SELECT(op) do { uint32_t r; __asm__ volatile(op " %0, %1, %2\n sel %0, %1, %3" : "=&r"(r) : "r"(a), "r"(b), "r"(c)); take(r); } while (0)

static void all(uint32_t a, uint32_t b, uint32_t c)
{
    SELECT("sadd8"); SELECT("uadd8"); SELECT("ssub8"); SELECT("usub8");
    SELECT("sadd16"); SELECT("uadd16"); SELECT("ssub16"); SELECT("usub16");
    SELECT("sasx"); SELECT("uasx"); SELECT("ssax"); SELECT("usax");
    TWO("qadd8"); TWO("uqadd8"); TWO("qsub8"); TWO("uqsub8"); TWO("qadd16"); TWO("uqadd16"); TWO("qsub16"); TWO("uqsub16");
    TWO("qasx"); TWO("uqasx"); TWO("qsax"); TWO("uqsax");
    TWO("shadd8"); TWO("uhadd8"); TWO("shsub8"); TWO("uhsub8"); TWO("shadd16"); TWO("uhadd16"); TWO("shsub16"); TWO("uhsub16");
    TWO("shasx"); TWO("uhasx"); TWO("shsax"); TWO("uhsax");
    TWO("usad8"); THREE("usada8");
    FLAGS("qadd"); FLAGS("qsub"); FLAGS("qdadd"); FLAGS("qdsub");
    THREE("smlad"); take_flags(); THREE("smladx"); take_flags(); THREE("smlsd"); take_flags(); THREE("smlsdx"); take_flags();
    FLAGS("smuad"); FLAGS("smuadx"); TWO("smusd"); TWO("smusdx");
    TWO("smmul"); TWO("smmulr"); THREE("smmla"); THREE("smmlar"); THREE("smmls"); THREE("smmlsr");
    TWO("smulbb"); TWO("smulbt"); TWO("smultb"); TWO("smultt"); TWO("smulwb"); TWO("smulwt");
    THREE("smlabb"); take_flags(); THREE("smlabt"); take_flags(); THREE("smlatb"); take_flags(); THREE("smlatt"); take_flags();
    THREE("smlawb"); take_flags(); THREE("smlawt"); take_flags();
    LONG("smlalbb"); LONG("smlalbt"); LONG("smlaltb"); LONG("smlaltt"); LONG("smlald"); LONG("smlaldx"); LONG("smlsld"); LONG("smlsldx");
    LONG("umlal"); LONG("smlal"); LONG("umaal"); LONG("umull"); LONG("smull");
    THREE("mla"); THREE("mls");
    ONE("ssat %0, #1, %1"); take_flags(); ONE("ssat %0, #9, %1, lsl #3"); take_flags(); ONE("ssat %0, #32, %1, asr #5"); take_flags();
    ONE("usat %0, #0, %1"); take_flags(); ONE("usat %0, #7, %1, asr #9"); take_flags(); ONE("usat %0, #31, %1, lsl #1"); take_flags();
    ONE("ssat16 %0, #5, %1"); take_flags(); ONE("usat16 %0, #11, %1"); take_flags();
    ONE("sxtb %0, %1"); ONE("sxtb %0, %1, ror #8"); ONE("sxth %0, %1, ror #16"); ONE("uxtb %0, %1, ror #24"); ONE("uxth %0, %1, ror #8");
    ONE("sxtb16 %0, %1, ror #8"); ONE("uxtb16 %0, %1, ror #16");
    TWO("sxtab"); TWO("sxtah"); TWO("uxtab"); TWO("uxtah"); TWO("sxtab16"); TWO("uxtab16");
    ONE("rbit %0, %1"); ONE("rev %0, %1"); ONE("rev16 %0, %1"); ONE("revsh %0, %1"); ONE("clz %0, %1");
    ONE("ubfx %0, %1, #3, #17"); ONE("sbfx %0, %1, #11, #9"); ONE("sbfx %0, %1, #31, #1");
    { uint32_t r = b; __asm__ volatile("bfi %0, %1, #5, #13" : "+r"(r) : "r"(a)); take(r); }
    { uint32_t r = b; __asm__ volatile("bfc %0, #9, #20" : "+r"(r)); take(r); }
    { uint32_t r; __asm__ volatile("pkhbt %0, %1, %2, lsl #7" : "=r"(r) : "r"(a), "r"(b)); take(r); }
    { uint32_t r; __asm__ volatile("pkhtb %0, %1, %2, asr #19" : "=r"(r) : "r"(a), "r"(b)); take(r); }
}

int main(void)
{
    static const uint32_t corners[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x80008000, 0x7fff7fff, 0x00ff00ff, 0x80808080, 0x7f7f7f7f};
    hash = 2166136261u;
    for (unsigned i = 0; i < 10; i++) {
        for (unsigned j = 0; j < 10; j++) all(corners[i], corners[j], corners[(i + j) % 10]);
    }
    put_line("corners", hash);
    for (unsigned i = 0; i < 100; i++) {
        uint32_t a = next_random(), b = next_random(), c = next_random();
        all(a, b, c);
    }
    put_line("random", hash);
    return 0;
}
