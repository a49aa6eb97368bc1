/* SPDX-License-Identifier: MIT */
/*
 * What TCG Scope offers to C plugins beyond QEMU's API, and what the glue below the API is made of. A plugin that uses it
 * runs on TCG Scope only; `#ifdef TCGSCOPE` tells.
 */
#ifndef TCGSCOPE_H
#define TCGSCOPE_H

#include <qemu-plugin.h>

#define TCGSCOPE 1
#define TCGSCOPE_API

/* Pauses the machine: from an exec callback before the instruction, from a mem callback after it. The debugger shows
 * `reason`. */
TCGSCOPE_API void tcg_request_stop(const char *reason);

/* Calls `cb` after the instruction has completed; not when it faults. */
TCGSCOPE_API void tcg_register_vcpu_insn_after_cb(struct qemu_plugin_insn *insn, qemu_plugin_vcpu_udata_cb_t cb,
                                                  enum qemu_plugin_cb_flags flags, void *userdata);

/* Below here: for the glue. */

/* The registers: how many; the names of one, which live as long as the plugin. */
TCGSCOPE_API uint32_t tcgscope_register_count(void);
TCGSCOPE_API void tcgscope_register_names(uint32_t index, const char **name, const char **feature);

/* The size of what there is, of which at most `room` bytes are copied; -1 where it cannot be read or written. */
TCGSCOPE_API int32_t tcgscope_register_read(uint32_t index, uint8_t *into, uint32_t room);
TCGSCOPE_API int32_t tcgscope_register_write(uint32_t index, const uint8_t *from, uint32_t length);

/* The result is that of qemu_plugin_read_memory_vaddr (1 or 0), or a qemu_plugin_hwaddr_operation_result. */
TCGSCOPE_API int32_t tcgscope_memory_read(uint64_t addr, int32_t physical, uint8_t *into, uint32_t length);
TCGSCOPE_API int32_t tcgscope_memory_write(uint64_t addr, int32_t physical, const uint8_t *from, uint32_t length);

/* The access's hardware side, of which there is one at a time: 0 none, 1 memory, 2 a device; then its physical address. */
TCGSCOPE_API uint32_t tcgscope_hwaddr_look_up(uint32_t vaddr);
TCGSCOPE_API uint32_t tcgscope_hwaddr_physical(void);

#endif /* TCGSCOPE_H */
