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

/* Ends the guest with an exit code; atexit callbacks run. `reason` is shown, NULL for a general one. */
TCGSCOPE_API void tcg_exit(int code, const char *reason);

/* Instructions that all vCPUs have executed. */
TCGSCOPE_API uint64_t tcg_instructions(void);

/* The source line of the code at a virtual address, by the program's DWARF; false where there is none. Either pointer may
 * be NULL; the file's name lives as long as the plugin. */
TCGSCOPE_API bool tcg_source_line(uint64_t vaddr, const char **file, unsigned int *line);

enum tcg_cache_level { TCG_CACHE_L1I, TCG_CACHE_L1D, TCG_CACHE_L2 };

/* Address of the line that a cache model (libcache.so) holds there; false where it holds none. */
TCGSCOPE_API bool tcg_cache_line(enum tcg_cache_level level, unsigned int core, unsigned int set, unsigned int way,
                                 uint64_t *address);

enum tcg_cache_maintenance_source { TCG_CACHE_CP15, TCG_CACHE_L2C };

/* Called when the guest has asked for a cache operation: Arm's name (`DCCIMVAC`, `InvalidateByPA`) and its operand, an
 * address (virtual with CP15), a set and way, or a mask of ways. NULL: no more. */
typedef void (*tcg_cache_maintenance_cb_t)(qemu_plugin_id_t id, unsigned int vcpu_index,
                                           enum tcg_cache_maintenance_source source, const char *operation,
                                           uint32_t value);
TCGSCOPE_API void tcg_register_cache_maintenance_cb(qemu_plugin_id_t id, tcg_cache_maintenance_cb_t cb);

/* What the plugin says of itself when the user asks, also while the guest runs: a text made with malloc or GLib, which the
 * caller frees. */
typedef char *(*tcg_statistics_cb_t)(qemu_plugin_id_t id);
TCGSCOPE_API void tcg_register_statistics_cb(qemu_plugin_id_t id, tcg_statistics_cb_t cb);

/* A table of the plugin's own. `columns` has tabs between the titles. `rows` gives at most `limit` rows, a line each, with
 * tabs between the cells, as a text that the caller frees; a decimal number is shown as one. */
typedef char *(*tcg_view_rows_cb_t)(qemu_plugin_id_t id, unsigned int limit);
TCGSCOPE_API void tcg_contribute_view(qemu_plugin_id_t id, const char *name, const char *title, const char *columns,
                                      tcg_view_rows_cb_t rows);

/* A kind of breakpoint of the plugin's own, offered beside the debugger's; tcg_breakpoint says where one may stop. */
TCGSCOPE_API unsigned int tcg_contribute_breakpoint_kind(qemu_plugin_id_t id, const char *name, const char *label,
                                                         const char *description);
TCGSCOPE_API void tcg_breakpoint(unsigned int kind, unsigned int vcpu_index, uint64_t pc, const char *text);

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

/* The vCPUs that the machine has. */
TCGSCOPE_API uint32_t tcgscope_vcpus(void);

struct qemu_plugin_scoreboard;
/* A scoreboard lies at these places, comes and goes; the plugin is given pointers to its elements. */
TCGSCOPE_API void tcgscope_scoreboard_new(struct qemu_plugin_scoreboard *score, uint32_t element_size, char *elements,
                                          uint32_t stride, uint8_t *far);
TCGSCOPE_API void tcgscope_scoreboard_free(struct qemu_plugin_scoreboard *score);
TCGSCOPE_API void tcgscope_scoreboard_found(struct qemu_plugin_scoreboard *score, uint32_t vcpu_index);

/* An entry that the emulator has. */
TCGSCOPE_API uint64_t tcgscope_u64_get(struct qemu_plugin_scoreboard *score, uint32_t offset, uint32_t vcpu_index);
TCGSCOPE_API void tcgscope_u64_set(struct qemu_plugin_scoreboard *score, uint32_t offset, uint32_t vcpu_index,
                                   uint64_t value);

/* The access's hardware side, of which there is one at a time: 0 none, 1 memory, 2 a device; then its physical address. */
TCGSCOPE_API uint32_t tcgscope_hwaddr_look_up(uint32_t vaddr);
TCGSCOPE_API uint32_t tcgscope_hwaddr_physical(void);

#endif /* TCGSCOPE_H */
