/* SPDX-License-Identifier: MIT */
/*
 * Scoreboards: they lie here, so that the plugin counts in them without a call. The emulator has a copy of what
 * translated code counts in. While the plugin has no pointer to it, that is the only one (`far`), and asked for.
 */
#include <glib.h>
#include <tcgscope.h>

#if QEMU_PLUGIN_VERSION >= 2

struct qemu_plugin_scoreboard {
    uint32_t vcpus;
    uint32_t stride;
    char *elements;
    /* For each doubleword of an element: whether the emulator alone has it. */
    uint8_t *far;
    bool is_found;
};

struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t element_size) {
    struct qemu_plugin_scoreboard *score = g_new0(struct qemu_plugin_scoreboard, 1);
    score->vcpus = tcgscope_vcpus();
    score->stride = (uint32_t)(element_size + 7) & ~7u;
    score->elements = g_malloc0((gsize)score->stride * score->vcpus);
    score->far = g_malloc0(score->stride / 8);
    tcgscope_scoreboard_new(score, (uint32_t)element_size, score->elements, score->stride, score->far);
    return score;
}

void qemu_plugin_scoreboard_free(struct qemu_plugin_scoreboard *score) {
    tcgscope_scoreboard_free(score);
    /* One that is used again is seen to be gone. */
    score->vcpus = 0;
    g_free(score->elements);
    g_free(score->far);
    g_free(score);
}

void *qemu_plugin_scoreboard_find(struct qemu_plugin_scoreboard *score, unsigned int vcpu_index) {
    if (vcpu_index >= score->vcpus || !score->is_found) {
        tcgscope_scoreboard_found(score, vcpu_index);
        score->is_found = true;
    }
    return score->elements + vcpu_index * score->stride;
}

/* Where the entry lies here; NULL where it does not. */
static uint64_t *near(qemu_plugin_u64 entry, unsigned int vcpu_index) {
    const struct qemu_plugin_scoreboard *score = entry.score;
    if (vcpu_index >= score->vcpus || entry.offset + 8 > score->stride || score->far[entry.offset / 8]) return NULL;
    return (uint64_t *)(void *)(score->elements + vcpu_index * score->stride + entry.offset);
}

uint64_t qemu_plugin_u64_get(qemu_plugin_u64 entry, unsigned int vcpu_index) {
    const uint64_t *at = near(entry, vcpu_index);
    return at ? *at : tcgscope_u64_get(entry.score, (uint32_t)entry.offset, vcpu_index);
}

void qemu_plugin_u64_set(qemu_plugin_u64 entry, unsigned int vcpu_index, uint64_t val) {
    uint64_t *at = near(entry, vcpu_index);
    if (at) {
        *at = val;
    } else {
        tcgscope_u64_set(entry.score, (uint32_t)entry.offset, vcpu_index, val);
    }
}

void qemu_plugin_u64_add(qemu_plugin_u64 entry, unsigned int vcpu_index, uint64_t added) {
    uint64_t *at = near(entry, vcpu_index);
    if (at) {
        *at += added;
    } else {
        qemu_plugin_u64_set(entry, vcpu_index, qemu_plugin_u64_get(entry, vcpu_index) + added);
    }
}

uint64_t qemu_plugin_u64_sum(qemu_plugin_u64 entry) {
    uint64_t sum = 0;
    for (unsigned int i = 0; i < entry.score->vcpus; i++) sum += qemu_plugin_u64_get(entry, i);
    return sum;
}

#endif
