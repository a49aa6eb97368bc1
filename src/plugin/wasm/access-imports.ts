import type { ImportContext, Imports } from './module';

/** What a memory callback asks of an access, and registers and memory. */
export function accessImports({ api, handles, instance }: ImportContext): Imports {
  const flag = (value: boolean): number => (value ? 1 : 0);
  return {
    qemu_plugin_mem_size_shift: (info: number) => api.qemu_plugin_mem_size_shift(info),
    qemu_plugin_mem_is_sign_extended: (info: number) => flag(api.qemu_plugin_mem_is_sign_extended(info)),
    qemu_plugin_mem_is_big_endian: (info: number) => flag(api.qemu_plugin_mem_is_big_endian(info)),
    qemu_plugin_mem_is_store: (info: number) => flag(api.qemu_plugin_mem_is_store(info)),
    // A structure {type, data of 16 bytes at offset 8} comes back through a hidden first argument.
    qemu_plugin_mem_get_value(into: number, info: number): void {
      const value = api.qemu_plugin_mem_get_value(info);
      const { memory } = instance();
      memory.slice(into, 24).fill(0);
      memory.setU32(into, value.type);
      const at = into + 8;
      switch (value.type) {
        case 0:
          return memory.setU8(at, value.data.u8);
        case 1:
          return memory.setU16(at, value.data.u16);
        case 2:
          return memory.setU32(at, value.data.u32);
        case 3:
          return memory.setU64(at, value.data.u64);
        case 4:
          memory.setU64(at, value.data.u128.low);
          memory.setU64(at + 8, value.data.u128.high);
      }
    },
    qemu_plugin_get_hwaddr: (info: number, vaddr: bigint) =>
      handles.hwaddrPointer(api.qemu_plugin_get_hwaddr(info, Number(vaddr))),
    qemu_plugin_hwaddr_is_io: (haddr: number) => flag(api.qemu_plugin_hwaddr_is_io(handles.hwaddrAt(haddr))),
    qemu_plugin_hwaddr_phys_addr: (haddr: number) => BigInt(api.qemu_plugin_hwaddr_phys_addr(handles.hwaddrAt(haddr))),
    qemu_plugin_hwaddr_device_offset: (haddr: number) =>
      BigInt(api.qemu_plugin_hwaddr_device_offset(handles.hwaddrAt(haddr))),
    qemu_plugin_hwaddr_device_name: (haddr: number) =>
      instance().ownString(api.qemu_plugin_hwaddr_device_name(handles.hwaddrAt(haddr))),
    tcgscope_hwaddr_look_up(vaddr: number): number {
      const found = api.qemu_plugin_get_hwaddr(0, vaddr >>> 0);
      if (handles.hwaddrPointer(found) === 0) return 0;
      return api.qemu_plugin_hwaddr_is_io(found) ? 2 : 1;
    },
    tcgscope_hwaddr_physical: () => Number(api.qemu_plugin_hwaddr_phys_addr(handles.current)),

    tcgscope_register_count: () => api.qemu_plugin_get_registers().length,
    tcgscope_register_names(index: number, name: number, feature: number): void {
      const register = api.qemu_plugin_get_registers()[index];
      const { memory } = instance();
      memory.setU32(name, instance().ownString(register.name));
      memory.setU32(feature, instance().ownString(register.feature));
    },
    tcgscope_register_read(index: number, into: number, room: number): number {
      const register = api.qemu_plugin_get_registers()[index];
      if (!register) return -1;
      const bytes = api.g_byte_array_new();
      const size = api.qemu_plugin_read_register(register.handle, bytes);
      const length = Math.min(bytes.len, room >>> 0);
      instance().memory.slice(into, length).set(bytes.data.subarray(0, length));
      return size;
    },
    tcgscope_register_write(index: number, from: number, length: number): number {
      const register = api.qemu_plugin_get_registers()[index];
      if (!register) return -1;
      const bytes = api.g_byte_array_new(instance().memory.slice(from, length >>> 0));
      return api.qemu_plugin_write_register(register.handle, bytes);
    },
    tcgscope_memory_read(addr: bigint, physical: number, into: number, length: number): number {
      const bytes = api.g_byte_array_new();
      const result = physical
        ? api.qemu_plugin_read_memory_hwaddr(Number(addr), bytes, length >>> 0)
        : flag(api.qemu_plugin_read_memory_vaddr(Number(addr), bytes, length >>> 0));
      const size = Math.min(bytes.len, length >>> 0);
      instance().memory.slice(into, size).set(bytes.data.subarray(0, size));
      return result;
    },
    tcgscope_memory_write(addr: bigint, physical: number, from: number, length: number): number {
      const bytes = api.g_byte_array_new(instance().memory.slice(from, length >>> 0));
      if (physical) return api.qemu_plugin_write_memory_hwaddr(Number(addr), bytes);
      return flag(api.qemu_plugin_write_memory_vaddr(Number(addr), bytes));
    },
    qemu_plugin_translate_vaddr(vaddr: bigint, into: number): number {
      const physical = api.qemu_plugin_translate_vaddr(Number(vaddr));
      if (physical === null) return 0;
      instance().memory.setU64(into, BigInt(physical));
      return 1;
    },
    qemu_plugin_set_pc: (vaddr: bigint) => api.qemu_plugin_set_pc(Number(vaddr)),
  };
}
