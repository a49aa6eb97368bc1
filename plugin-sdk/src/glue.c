/* SPDX-License-Identifier: MIT */
/* The API's functions with GLib's types, over plain bytes: so the emulator need not know how GLib lays out its arrays. */
#include <stdio.h>
#include <tcgscope.h>

/* Called after install and atexit: what was printed without the end of a line. */
__attribute__((export_name("tcgscope_flush"))) void tcgscope_flush(void) { fflush(NULL); }

/* A qemu_plugin_meminfo_t: bits 1..0 the size's logarithm, bit 2 sign-extending, bit 3 big-endian, bit 16 a store. */

unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info) { return info & 3; }
bool qemu_plugin_mem_is_sign_extended(qemu_plugin_meminfo_t info) { return info >> 2 & 1; }
bool qemu_plugin_mem_is_big_endian(qemu_plugin_meminfo_t info) { return info >> 3 & 1; }
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info) { return info >> 16 & 1; }

/* The only one there is: the emulator knows it by this number. */
#define HWADDR ((struct qemu_plugin_hwaddr *)0x20)

static bool hwaddr_is_io;

struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(qemu_plugin_meminfo_t info, uint64_t vaddr) {
    (void)info;
    uint32_t kind = tcgscope_hwaddr_look_up((uint32_t)vaddr);
    hwaddr_is_io = kind == 2;
    return kind ? HWADDR : NULL;
}

bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *haddr) { return haddr && hwaddr_is_io; }

#if QEMU_PLUGIN_VERSION >= 1

uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *haddr) {
    return haddr ? tcgscope_hwaddr_physical() : 0;
}

#endif

#if QEMU_PLUGIN_VERSION >= 2

/* A register's handle is its number and 1. */
static uint32_t index_of(struct qemu_plugin_register *handle) { return (uint32_t)(uintptr_t)handle - 1; }

GArray *qemu_plugin_get_registers(void) {
    uint32_t count = tcgscope_register_count();
    GArray *registers = g_array_sized_new(FALSE, TRUE, sizeof(qemu_plugin_reg_descriptor), count);
    for (uint32_t i = 0; i < count; i++) {
        qemu_plugin_reg_descriptor descriptor = {(struct qemu_plugin_register *)(uintptr_t)(i + 1), NULL, NULL};
        tcgscope_register_names(i, &descriptor.name, &descriptor.feature);
        g_array_append_val(registers, descriptor);
    }
    return registers;
}

int qemu_plugin_read_register(struct qemu_plugin_register *handle, GByteArray *buf) {
    uint8_t bytes[64];
    int32_t size = tcgscope_register_read(index_of(handle), bytes, sizeof bytes);
    if (size > 0) g_byte_array_append(buf, bytes, (guint)size);
    return size;
}

#endif

#if QEMU_PLUGIN_VERSION >= 4

bool qemu_plugin_read_memory_vaddr(uint64_t addr, GByteArray *data, size_t len) {
    g_byte_array_set_size(data, (guint)len);
    return tcgscope_memory_read(addr, 0, data->data, (uint32_t)len);
}

#endif

#if QEMU_PLUGIN_VERSION >= 5

int qemu_plugin_write_register(struct qemu_plugin_register *handle, GByteArray *buf) {
    return tcgscope_register_write(index_of(handle), buf->data, buf->len);
}

bool qemu_plugin_write_memory_vaddr(uint64_t addr, GByteArray *data) {
    return tcgscope_memory_write(addr, 0, data->data, data->len);
}

enum qemu_plugin_hwaddr_operation_result qemu_plugin_read_memory_hwaddr(uint64_t addr, GByteArray *data, size_t len) {
    g_byte_array_set_size(data, (guint)len);
    return tcgscope_memory_read(addr, 1, data->data, (uint32_t)len);
}

enum qemu_plugin_hwaddr_operation_result qemu_plugin_write_memory_hwaddr(uint64_t addr, GByteArray *data) {
    return tcgscope_memory_write(addr, 1, data->data, data->len);
}

#endif
