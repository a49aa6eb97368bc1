/* SPDX-License-Identifier: MIT */
/* Uses everything of tcgscope.h: what QEMU's API does not have. */
#include <glib.h>
#include <qemu-plugin.h>
#include <stdio.h>
#include <tcgscope.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static unsigned int operations, after;
static unsigned int every;

static void maintained(qemu_plugin_id_t id, unsigned int vcpu, enum tcg_cache_maintenance_source source,
                       const char *operation, uint32_t value) {
    if (operations++ == 0) printf("first of %llu: vcpu %u, %s, %s %#x\n", (unsigned long long)id, vcpu,
                                  source == TCG_CACHE_CP15 ? "cp15" : "l2c", operation, value);
}

static void completed(unsigned int vcpu, void *vaddr) {
    if (++after % 1000 == 0) tcg_breakpoint(every, vcpu, (uintptr_t)vaddr, "a thousand");
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        tcg_register_vcpu_insn_after_cb(insn, completed, QEMU_PLUGIN_CB_NO_REGS,
                                        (void *)(uintptr_t)qemu_plugin_insn_vaddr(insn));
    }
}

static char *statistics(qemu_plugin_id_t id) {
    (void)id;
    return g_strdup_printf("operations: %u\n", operations);
}

static char *rows(qemu_plugin_id_t id, unsigned int limit) {
    (void)id;
    return g_strdup_printf("operations\t%u\nlimit\t%u\nshare\t0.5\n", operations, limit);
}

static void at_exit(qemu_plugin_id_t id, void *userdata) {
    (void)id;
    const char *file = "none";
    unsigned int line = 0;
    uint64_t address = 0;
    bool has_line = tcg_source_line(*(uint64_t *)userdata, &file, &line);
    bool has_cache = tcg_cache_line(TCG_CACHE_L1I, 0, 0, 0, &address);
    g_autofree char *text = g_strdup_printf("insns %llu, after %u, line %d %s:%u, cached %d\n",
                                            (unsigned long long)tcg_instructions(), after, has_line, file, line, has_cache);
    qemu_plugin_outs(text);
    printf("the end without a line's");
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    static uint64_t code;
    (void)info;
    code = argc > 0 ? g_ascii_strtoull(strchr(argv[0], '=') + 1, NULL, 16) : 0;
    printf("installed\n");
    every = tcg_contribute_breakpoint_kind(id, "every", "Every Thousandth", "a thousand instructions have completed");
    tcg_contribute_view(id, "counts", "Counts", "what\tnumber", rows);
    tcg_register_statistics_cb(id, statistics);
    tcg_register_cache_maintenance_cb(id, maintained);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, at_exit, &code);
    return 0;
}
