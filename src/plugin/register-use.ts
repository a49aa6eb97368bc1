/** What a callback may do with registers: qemu_plugin_cb_flags, and -1 where there is no vCPU to ask. */
export enum RegisterUse {
  NoVcpu = -1,
  None = 0,
  Read = 1,
  ReadWrite = 2,
  ReadWritePc = 3,
}
