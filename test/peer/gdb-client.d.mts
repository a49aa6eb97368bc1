/** See gdb-client.mjs. */
export class GdbClient {
  static connect(where: { path: string } | { port: number }): Promise<GdbClient>;
  readRegisters(): Promise<Readonly<Record<string, number>>>;
  readMemory(address: number, length: number): Promise<Uint8Array>;
  close(): void;
}
