/* SPDX-License-Identifier: MIT */
/*
 * The C interface of QEMU's TCG plugins, as a header of our own.
 *
 * It lets a plugin be compiled with nothing but a C compiler (no GLib, no QEMU tree):
 *
 *     cc -shared -fPIC -I include plugin.c -o plugin.so
 *
 * and loaded by a qemu-system-* or qemu-* that speaks the same API version. The names, types and values are QEMU's, since
 * they are the interface; the text is ours.
 *
 * The version is chosen by defining QEMU_PLUGIN_VERSION before the inclusion. It decides which functions are declared, so
 * that a plugin cannot use by mistake what its QEMU does not have:
 *
 *     0  QEMU 4.2     1  6.0 - 8.2 (the default)     2  9.0     3  9.1     4  9.2     5  10.1     6  11.0
 *
 * From version 2 on some types are GLib's, so that <glib.h> must be found: GLib's own for QEMU; for a plugin that is
 * compiled to WebAssembly (`tcgscope plugin build`) the small one that comes with this header.
 */
#ifndef QEMU_PLUGIN_H
#define QEMU_PLUGIN_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef QEMU_PLUGIN_VERSION
#define QEMU_PLUGIN_VERSION 1
#endif

#if QEMU_PLUGIN_VERSION < 0 || QEMU_PLUGIN_VERSION > 6
#error "QEMU_PLUGIN_VERSION must be 0 to 6"
#endif

#if QEMU_PLUGIN_VERSION >= 2
#include <glib.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What the plugin defines for QEMU, and what QEMU defines for the plugin. The latter stay undefined in the plugin and are
 * bound when it is loaded. */
#if defined(_WIN32)
#define QEMU_PLUGIN_EXPORT __declspec(dllexport)
#define QEMU_PLUGIN_API __declspec(dllimport)
#else
#define QEMU_PLUGIN_EXPORT __attribute__((visibility("default")))
#define QEMU_PLUGIN_API
#endif

/* ---------------------------------------------------------------------------------------------------------- install -- */

/* Names one loaded plugin; handed to install and given back in every registration. */
typedef uint64_t qemu_plugin_id_t;

/* What QEMU tells about itself at install. */
typedef struct qemu_info_t {
    /* The target's name as in the program's: "arm" for qemu-system-arm. */
    const char *target_name;
    /* The lowest and the newest API version this QEMU accepts. */
    struct {
        int min;
        int cur;
    } version;
    /* True in qemu-system-*; then `system` is filled in. */
    bool system_emulation;
    union {
        struct {
            int smp_vcpus; /* vCPUs at the start */
            int max_vcpus; /* vCPUs there can be with hotplug */
        } system;
    };
} qemu_info_t;

/* The plugin's: the API version it was built for. QEMU refuses one outside its range before it calls install. */
QEMU_PLUGIN_EXPORT extern int qemu_plugin_version;

/* The plugin's: called once, before the guest runs. `info` and `argv` live only during the call; argv has no program name.
 * Any value but 0 refuses: QEMU reports it and exits. */
QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);

typedef void (*qemu_plugin_simple_cb_t)(qemu_plugin_id_t id);
typedef void (*qemu_plugin_udata_cb_t)(qemu_plugin_id_t id, void *userdata);
typedef void (*qemu_plugin_vcpu_simple_cb_t)(qemu_plugin_id_t id, unsigned int vcpu_index);
typedef void (*qemu_plugin_vcpu_udata_cb_t)(unsigned int vcpu_index, void *userdata);

/* ----------------------------------------------------------------------------------------------------------- events -- */

/* Unloads the plugin, and calls `cb` when no callback of it can run any more. Asynchronous. */
QEMU_PLUGIN_API void qemu_plugin_uninstall(qemu_plugin_id_t id, qemu_plugin_simple_cb_t cb);

/* Drops every callback of the plugin, then calls `cb`, which may register anew. Asynchronous. */
QEMU_PLUGIN_API void qemu_plugin_reset(qemu_plugin_id_t id, qemu_plugin_simple_cb_t cb);

/* One callback per event and plugin; registering again replaces it, NULL removes it. */
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_init_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_simple_cb_t cb);
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_exit_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_simple_cb_t cb);
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_idle_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_simple_cb_t cb);
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_resume_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_simple_cb_t cb);

/* Called when the translation cache is emptied: every translated block is gone and will be translated again. */
QEMU_PLUGIN_API void qemu_plugin_register_flush_cb(qemu_plugin_id_t id, qemu_plugin_simple_cb_t cb);

/* Called when the guest or QEMU ends; the place to print results. */
QEMU_PLUGIN_API void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_plugin_udata_cb_t cb, void *userdata);

/* Calls `cb` for each vCPU there is now. */
QEMU_PLUGIN_API void qemu_plugin_vcpu_for_each(qemu_plugin_id_t id, qemu_plugin_vcpu_simple_cb_t cb);

#if QEMU_PLUGIN_VERSION < 2
/* vCPUs now, and at most; -1 in user mode. */
QEMU_PLUGIN_API int qemu_plugin_n_vcpus(void);
QEMU_PLUGIN_API int qemu_plugin_n_max_vcpus(void);
#else
/* The number of vCPUs that have been initialised so far. */
QEMU_PLUGIN_API int qemu_plugin_num_vcpus(void);
#endif

/* ------------------------------------------------------------------------------------------------------ translation -- */

/* A block being translated and an instruction of it. Both are valid only inside the tb_trans callback. */
struct qemu_plugin_tb;
struct qemu_plugin_insn;

/* What a callback does with the vCPU's registers. */
enum qemu_plugin_cb_flags {
    QEMU_PLUGIN_CB_NO_REGS, /* neither reads nor writes them */
    QEMU_PLUGIN_CB_R_REGS,  /* reads them */
    QEMU_PLUGIN_CB_RW_REGS  /* reads and writes them */
#if QEMU_PLUGIN_VERSION >= 6
    ,
    QEMU_PLUGIN_CB_RW_REGS_PC /* and may set the pc */
#endif
};

/* Which accesses of an instruction a memory callback wants. */
enum qemu_plugin_mem_rw {
    QEMU_PLUGIN_MEM_R = 1,
    QEMU_PLUGIN_MEM_W,
    QEMU_PLUGIN_MEM_RW
};

/* Operations that QEMU performs itself, without a call. */
enum qemu_plugin_op {
    QEMU_PLUGIN_INLINE_ADD_U64
#if QEMU_PLUGIN_VERSION >= 3
    ,
    QEMU_PLUGIN_INLINE_STORE_U64
#endif
};

typedef void (*qemu_plugin_vcpu_tb_trans_cb_t)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);

/* Called at every translation of a block, before its first run: the place to instrument it. A block may be translated more
 * than once. */
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_tb_trans_cb_t cb);

QEMU_PLUGIN_API size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);

/* Virtual address of the block's first instruction. */
QEMU_PLUGIN_API uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

/* The instruction with index `idx`, from 0; NULL past the end. */
QEMU_PLUGIN_API struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t idx);

#if QEMU_PLUGIN_VERSION < 3
/* The opcode's bytes as they are in guest memory, qemu_plugin_insn_size() of them. */
QEMU_PLUGIN_API const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
#else
/* Copies at most `len` of the opcode's bytes to `dest`; returns how many. */
QEMU_PLUGIN_API size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *dest, size_t len);
#endif

/* Size of the opcode in bytes. */
QEMU_PLUGIN_API size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

/* Virtual address of the instruction. */
QEMU_PLUGIN_API uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

/* Where the opcode lies in QEMU's own memory (not a guest address); NULL when unknown. */
QEMU_PLUGIN_API void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);

/* The disassembly, in memory from the C heap that the plugin frees. */
QEMU_PLUGIN_API char *qemu_plugin_insn_disas(const struct qemu_plugin_insn *insn);

/* The symbol the instruction lies in, or NULL. Owned by QEMU. Not in QEMU 4.2 - 6.0. */
QEMU_PLUGIN_API const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *insn);

/* -------------------------------------------------------------------------------------------------------- execution -- */

/* Called each time the block, or the instruction, is about to run. */
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, qemu_plugin_vcpu_udata_cb_t cb,
                                                          enum qemu_plugin_cb_flags flags, void *userdata);
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, qemu_plugin_vcpu_udata_cb_t cb,
                                                            enum qemu_plugin_cb_flags flags, void *userdata);

/* One access, opaque; decoded by the functions below, inside the callback only. */
typedef uint32_t qemu_plugin_meminfo_t;

typedef void (*qemu_plugin_vcpu_mem_cb_t)(unsigned int vcpu_index, qemu_plugin_meminfo_t info, uint64_t vaddr,
                                          void *userdata);

/* Called after each access of the instruction that `rw` asks for. */
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, qemu_plugin_vcpu_mem_cb_t cb,
                                                      enum qemu_plugin_cb_flags flags, enum qemu_plugin_mem_rw rw,
                                                      void *userdata);

#if QEMU_PLUGIN_VERSION < 2
/* `imm` is added to *ptr at each event. Not atomic between vCPUs. */
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, enum qemu_plugin_op op, void *ptr,
                                                              uint64_t imm);
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, enum qemu_plugin_op op,
                                                                void *ptr, uint64_t imm);
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_mem_inline(struct qemu_plugin_insn *insn, enum qemu_plugin_mem_rw rw,
                                                          enum qemu_plugin_op op, void *ptr, uint64_t imm);
#else
/* Per-vCPU storage: one element of `element_size` bytes for each vCPU. */
struct qemu_plugin_scoreboard;

/* A uint64_t inside each element of a scoreboard. */
typedef struct {
    struct qemu_plugin_scoreboard *score;
    size_t offset;
} qemu_plugin_u64;

QEMU_PLUGIN_API struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t element_size);
QEMU_PLUGIN_API void qemu_plugin_scoreboard_free(struct qemu_plugin_scoreboard *score);
QEMU_PLUGIN_API void *qemu_plugin_scoreboard_find(struct qemu_plugin_scoreboard *score, unsigned int vcpu_index);

#define qemu_plugin_scoreboard_u64(board) ((qemu_plugin_u64){(board), 0})
#define qemu_plugin_scoreboard_u64_in_struct(board, type, member) ((qemu_plugin_u64){(board), offsetof(type, member)})

QEMU_PLUGIN_API void qemu_plugin_u64_add(qemu_plugin_u64 entry, unsigned int vcpu_index, uint64_t added);
QEMU_PLUGIN_API uint64_t qemu_plugin_u64_get(qemu_plugin_u64 entry, unsigned int vcpu_index);
QEMU_PLUGIN_API void qemu_plugin_u64_set(qemu_plugin_u64 entry, unsigned int vcpu_index, uint64_t val);
QEMU_PLUGIN_API uint64_t qemu_plugin_u64_sum(qemu_plugin_u64 entry);

/* The inline operation on the current vCPU's entry. */
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(struct qemu_plugin_tb *tb, enum qemu_plugin_op op,
                                                                       qemu_plugin_u64 entry, uint64_t imm);
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(struct qemu_plugin_insn *insn,
                                                                         enum qemu_plugin_op op, qemu_plugin_u64 entry,
                                                                         uint64_t imm);
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_mem_inline_per_vcpu(struct qemu_plugin_insn *insn,
                                                                   enum qemu_plugin_mem_rw rw, enum qemu_plugin_op op,
                                                                   qemu_plugin_u64 entry, uint64_t imm);
#endif

#if QEMU_PLUGIN_VERSION >= 3
/* How a conditional callback compares the entry with the immediate, both unsigned. */
enum qemu_plugin_cond {
    QEMU_PLUGIN_COND_NEVER,
    QEMU_PLUGIN_COND_ALWAYS,
    QEMU_PLUGIN_COND_EQ,
    QEMU_PLUGIN_COND_NE,
    QEMU_PLUGIN_COND_LT,
    QEMU_PLUGIN_COND_LE,
    QEMU_PLUGIN_COND_GT,
    QEMU_PLUGIN_COND_GE
};

/* Called only when `entry cond imm` holds. */
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_tb_exec_cond_cb(struct qemu_plugin_tb *tb, qemu_plugin_vcpu_udata_cb_t cb,
                                                               enum qemu_plugin_cb_flags flags, enum qemu_plugin_cond cond,
                                                               qemu_plugin_u64 entry, uint64_t imm, void *userdata);
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_insn_exec_cond_cb(struct qemu_plugin_insn *insn,
                                                                 qemu_plugin_vcpu_udata_cb_t cb,
                                                                 enum qemu_plugin_cb_flags flags,
                                                                 enum qemu_plugin_cond cond, qemu_plugin_u64 entry,
                                                                 uint64_t imm, void *userdata);
#endif

/* ----------------------------------------------------------------------------------------------------------- memory -- */

/* Base-2 logarithm of the access's size in bytes. */
QEMU_PLUGIN_API unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);
QEMU_PLUGIN_API bool qemu_plugin_mem_is_sign_extended(qemu_plugin_meminfo_t info);
QEMU_PLUGIN_API bool qemu_plugin_mem_is_big_endian(qemu_plugin_meminfo_t info);
QEMU_PLUGIN_API bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);

/* The hardware side of an access: valid until the callback returns. */
struct qemu_plugin_hwaddr;

/* NULL in user mode, and where the translation is not known any more. */
QEMU_PLUGIN_API struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(qemu_plugin_meminfo_t info, uint64_t vaddr);

/* True for a device's registers, false for memory. */
QEMU_PLUGIN_API bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *haddr);

#if QEMU_PLUGIN_VERSION < 1
/* Offset inside the device or the block of memory. */
QEMU_PLUGIN_API uint64_t qemu_plugin_hwaddr_device_offset(const struct qemu_plugin_hwaddr *haddr);
#else
/* Guest physical address; 0 for NULL. */
QEMU_PLUGIN_API uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *haddr);
#endif

/* Name of the device, "RAM" for memory. Owned by QEMU. Not in QEMU 4.2 - 5.x. */
QEMU_PLUGIN_API const char *qemu_plugin_hwaddr_device_name(const struct qemu_plugin_hwaddr *h);

#if QEMU_PLUGIN_VERSION >= 4
/* A value as it was read or written, in the host's byte order. */
enum qemu_plugin_mem_value_type {
    QEMU_PLUGIN_MEM_VALUE_U8,
    QEMU_PLUGIN_MEM_VALUE_U16,
    QEMU_PLUGIN_MEM_VALUE_U32,
    QEMU_PLUGIN_MEM_VALUE_U64,
    QEMU_PLUGIN_MEM_VALUE_U128
};

typedef struct {
    enum qemu_plugin_mem_value_type type;
    union {
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        uint64_t u64;
        struct {
            uint64_t low;
            uint64_t high;
        } u128;
    } data;
} qemu_plugin_mem_value;

QEMU_PLUGIN_API qemu_plugin_mem_value qemu_plugin_mem_get_value(qemu_plugin_meminfo_t info);
#endif

#if QEMU_PLUGIN_VERSION >= 2
/* ----------------------------------------------------------------------------------------- registers and memory -- */

struct qemu_plugin_register;

typedef struct {
    struct qemu_plugin_register *handle;
    const char *name;
    const char *feature; /* the group of GDB's description that it belongs to */
} qemu_plugin_reg_descriptor;

/* The vCPU's registers, as qemu_plugin_reg_descriptor, in an array that the caller frees. From vcpu_init on. */
QEMU_PLUGIN_API GArray *qemu_plugin_get_registers(void);

/* Appends the register's bytes, in the guest's byte order, to `buf`; returns how many, or -1. In a callback with R_REGS or
 * RW_REGS only. */
QEMU_PLUGIN_API int qemu_plugin_read_register(struct qemu_plugin_register *handle, GByteArray *buf);
#endif

#if QEMU_PLUGIN_VERSION >= 4
/* Sets `data` to the `len` bytes of guest memory at the virtual address; false if they cannot be read. */
QEMU_PLUGIN_API bool qemu_plugin_read_memory_vaddr(uint64_t addr, GByteArray *data, size_t len);
#endif

#if QEMU_PLUGIN_VERSION >= 5
/* Writes the register; returns how many bytes, or -1. In a callback with RW_REGS only. */
QEMU_PLUGIN_API int qemu_plugin_write_register(struct qemu_plugin_register *handle, GByteArray *buf);

QEMU_PLUGIN_API bool qemu_plugin_write_memory_vaddr(uint64_t addr, GByteArray *data);

enum qemu_plugin_hwaddr_operation_result {
    QEMU_PLUGIN_HWADDR_OPERATION_OK,
    QEMU_PLUGIN_HWADDR_OPERATION_ERROR,
    QEMU_PLUGIN_HWADDR_OPERATION_DEVICE_ERROR,
    QEMU_PLUGIN_HWADDR_OPERATION_ACCESS_DENIED,
    QEMU_PLUGIN_HWADDR_OPERATION_INVALID_ADDRESS,
    QEMU_PLUGIN_HWADDR_OPERATION_INVALID_ADDRESS_SPACE
};

/* By physical address. */
QEMU_PLUGIN_API enum qemu_plugin_hwaddr_operation_result qemu_plugin_read_memory_hwaddr(uint64_t addr, GByteArray *data,
                                                                                        size_t len);
QEMU_PLUGIN_API enum qemu_plugin_hwaddr_operation_result qemu_plugin_write_memory_hwaddr(uint64_t addr, GByteArray *data);

/* The physical address for a virtual one; false where nothing is mapped. */
QEMU_PLUGIN_API bool qemu_plugin_translate_vaddr(uint64_t vaddr, uint64_t *hwaddr);
#endif

#if QEMU_PLUGIN_VERSION >= 6
/* Goes on at `vaddr` when the callback returns; it does not return otherwise. In a callback with RW_REGS_PC only. */
QEMU_PLUGIN_API void qemu_plugin_set_pc(uint64_t vaddr);

/* ------------------------------------------------------------------------------------------------ discontinuities -- */

enum qemu_plugin_discon_type {
    QEMU_PLUGIN_DISCON_INTERRUPT = 1,
    QEMU_PLUGIN_DISCON_EXCEPTION = 2,
    QEMU_PLUGIN_DISCON_HOSTCALL = 4,
    QEMU_PLUGIN_DISCON_ALL = -1
};

typedef void (*qemu_plugin_vcpu_discon_cb_t)(qemu_plugin_id_t id, unsigned int vcpu_index,
                                             enum qemu_plugin_discon_type type, uint64_t from_pc, uint64_t to_pc);

/* Called after each interrupt, exception or host call of the types asked for. */
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_discon_cb(qemu_plugin_id_t id, enum qemu_plugin_discon_type type,
                                                         qemu_plugin_vcpu_discon_cb_t cb);
#endif

#if QEMU_PLUGIN_VERSION >= 3
/* ------------------------------------------------------------------------------------------------------------ time -- */

/* A handle for the first plugin that asks, NULL for others. */
QEMU_PLUGIN_API const void *qemu_plugin_request_time_control(void);

/* Sets the guest's time, in nanoseconds since its start. */
QEMU_PLUGIN_API void qemu_plugin_update_ns(const void *handle, int64_t time);
#endif

/* ----------------------------------------------------------------------------------------------------- system calls -- */

/* User mode only. */
typedef void (*qemu_plugin_vcpu_syscall_cb_t)(qemu_plugin_id_t id, unsigned int vcpu_index, int64_t num, uint64_t a1,
                                              uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7,
                                              uint64_t a8);
typedef void (*qemu_plugin_vcpu_syscall_ret_cb_t)(qemu_plugin_id_t id, unsigned int vcpu_idx, int64_t num, int64_t ret);

QEMU_PLUGIN_API void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_syscall_cb_t cb);
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_syscall_ret_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_syscall_ret_cb_t cb);

#if QEMU_PLUGIN_VERSION >= 6
/* Returns true if the call is not to be made, with its result in *sysret. */
typedef bool (*qemu_plugin_vcpu_syscall_filter_cb_t)(qemu_plugin_id_t id, unsigned int vcpu_index, int64_t num, uint64_t a1,
                                                     uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6,
                                                     uint64_t a7, uint64_t a8, uint64_t *sysret);
QEMU_PLUGIN_API void qemu_plugin_register_vcpu_syscall_filter_cb(qemu_plugin_id_t id,
                                                                 qemu_plugin_vcpu_syscall_filter_cb_t cb);
#endif

/* ------------------------------------------------------------------------------------------------------------- misc -- */

/* Writes the string to the log as it is; seen only with `-d plugin`. */
QEMU_PLUGIN_API void qemu_plugin_outs(const char *string);

/* Parses the boolean argument `name` with the value `val` (on, yes, true, off, no, false) into *ret; false if it is none of
 * them. Not in QEMU 4.2 - 6.0. */
QEMU_PLUGIN_API bool qemu_plugin_bool_parse(const char *name, const char *val, bool *ret);

/* The user-mode program: its path (to be freed) and the range and entry of its code; NULL and 0 in system mode. */
QEMU_PLUGIN_API const char *qemu_plugin_path_to_binary(void);
QEMU_PLUGIN_API uint64_t qemu_plugin_start_code(void);
QEMU_PLUGIN_API uint64_t qemu_plugin_end_code(void);
QEMU_PLUGIN_API uint64_t qemu_plugin_entry_code(void);

#ifdef __cplusplus
}
#endif

#endif /* QEMU_PLUGIN_H */
