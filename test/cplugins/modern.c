/* The newer versions of the API: scoreboards, conditional callbacks, values, registers, memory, discontinuities. */
#include <glib.h>
#include <inttypes.h>
#include <qemu-plugin.h>
#include <stdio.h>
#include <string.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

typedef struct {
    uint64_t insns;
    uint64_t since;
    uint64_t last;
    uint64_t ticks;
} Counts;

static struct qemu_plugin_scoreboard *board;
static qemu_plugin_u64 insns, since, last, ticks;
static GArray *registers;
static uint64_t stored, interrupts, exceptions, hostcalls;
static struct qemu_plugin_register *sp;
static bool checked;

static void say(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void say(const char *format, ...) {
    va_list args;
    va_start(args, format);
    g_autofree gchar *text = g_strdup_vprintf(format, args);
    va_end(args);
    qemu_plugin_outs(text);
}

static void tick(unsigned int vcpu, void *userdata) {
    (void)userdata;
    qemu_plugin_u64_add(ticks, vcpu, 1);
    qemu_plugin_u64_set(since, vcpu, 0);
}

static void vcpu_init(qemu_plugin_id_t id, unsigned int vcpu) {
    (void)id;
    registers = qemu_plugin_get_registers();
    for (guint i = 0; i < registers->len; i++) {
        qemu_plugin_reg_descriptor *r = &g_array_index(registers, qemu_plugin_reg_descriptor, i);
        if (!strcmp(r->name, "sp")) sp = r->handle;
        if (i < 2) say("%s %s\n", r->name, r->feature);
    }
    say("vCPU %u of %d: registers %s\n", vcpu, qemu_plugin_num_vcpus(), registers->len > 20 ? "many" : "few");
}

static void accessed(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *userdata) {
    qemu_plugin_mem_value value = qemu_plugin_mem_get_value(info);
    (void)vcpu;
    (void)userdata;
    if (value.type == QEMU_PLUGIN_MEM_VALUE_U32) stored = stored * 31 + value.data.u32;
    if (checked || value.type != QEMU_PLUGIN_MEM_VALUE_U32) return;
    checked = true;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    uint32_t word = 0, again = 0;
    uint64_t physical = 0;
    if (qemu_plugin_read_memory_vaddr(vaddr, bytes, 4)) memcpy(&word, bytes->data, 4);
    bool mapped = qemu_plugin_translate_vaddr(vaddr, &physical);
    if (qemu_plugin_read_memory_hwaddr(physical, bytes, 4) == QEMU_PLUGIN_HWADDR_OPERATION_OK) memcpy(&again, bytes->data, 4);
    g_byte_array_set_size(bytes, 0);
    int size = qemu_plugin_read_register(sp, bytes);
    say("store: value %s, physical %s, sp of %d bytes\n", word == value.data.u32 ? "in memory" : "lost",
        mapped && again == word ? "the same" : "another", size);
    say("write %d\n", qemu_plugin_write_register(sp, bytes));
}

static void refused(unsigned int vcpu, void *userdata) {
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    (void)vcpu;
    (void)userdata;
    static bool once;
    if (!once) say("without registers: %d\n", qemu_plugin_read_register(sp, bytes));
    once = true;
}

static void discontinuity(qemu_plugin_id_t id, unsigned int vcpu, enum qemu_plugin_discon_type type, uint64_t from, uint64_t to) {
    (void)id;
    (void)vcpu;
    g_assert(from != to);
    if (type == QEMU_PLUGIN_DISCON_INTERRUPT) interrupts++;
    if (type == QEMU_PLUGIN_DISCON_EXCEPTION) exceptions++;
    if (type == QEMU_PLUGIN_DISCON_HOSTCALL) hostcalls++;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint8_t opcode[4];
        g_assert_cmpuint(qemu_plugin_insn_data(insn, opcode, sizeof opcode), ==, qemu_plugin_insn_size(insn));
        qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, QEMU_PLUGIN_INLINE_ADD_U64, insns, 1);
        qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, QEMU_PLUGIN_INLINE_ADD_U64, since, 1);
        qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, QEMU_PLUGIN_INLINE_STORE_U64, last,
                                                            qemu_plugin_insn_vaddr(insn));
        qemu_plugin_register_vcpu_insn_exec_cond_cb(insn, tick, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_COND_GE, since, 100,
                                                    NULL);
        qemu_plugin_register_vcpu_mem_cb(insn, accessed, QEMU_PLUGIN_CB_RW_REGS, QEMU_PLUGIN_MEM_W, NULL);
    }
    qemu_plugin_register_vcpu_tb_exec_cb(tb, refused, QEMU_PLUGIN_CB_NO_REGS, NULL);
}

static void finish(qemu_plugin_id_t id, void *data) {
    Counts *counts = qemu_plugin_scoreboard_find(board, 0);
    (void)id;
    (void)data;
    g_assert_cmpuint(counts->insns, ==, qemu_plugin_u64_sum(insns));
    say("insns %" PRIu64 " ticks %" PRIu64 " rest %" PRIu64 " last %s\n", counts->insns, counts->ticks, counts->since,
        counts->last ? "seen" : "none");
    say("interrupts %" PRIu64 " exceptions %" PRIu64 " hostcalls %" PRIu64 " stored %s\n", interrupts, exceptions,
        hostcalls, stored ? "something" : "nothing");
    qemu_plugin_scoreboard_free(board);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    (void)argc;
    (void)argv;
    g_assert(info->system_emulation && info->version.cur >= QEMU_PLUGIN_VERSION);
    board = qemu_plugin_scoreboard_new(sizeof(Counts));
    insns = qemu_plugin_scoreboard_u64_in_struct(board, Counts, insns);
    since = qemu_plugin_scoreboard_u64_in_struct(board, Counts, since);
    last = qemu_plugin_scoreboard_u64_in_struct(board, Counts, last);
    ticks = qemu_plugin_scoreboard_u64_in_struct(board, Counts, ticks);
    qemu_plugin_register_vcpu_init_cb(id, vcpu_init);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_discon_cb(id, QEMU_PLUGIN_DISCON_ALL, discontinuity);
    qemu_plugin_register_atexit_cb(id, finish, NULL);
    return 0;
}
