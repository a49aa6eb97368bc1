import type { PluginHost, PluginRegion } from './host';

const NOWHERE: PluginRegion = { name: '', io: true, base: 0, start: 0, end: 0 };

/**
 * The hardware side of the access that a mem callback asks about. There is one object, reused for every question, since
 * it is asked for at every access of a busy plugin; regions are remembered for the same reason.
 */
export class HwAddr {
  readonly opaque = 'qemu_plugin_hwaddr';
  physical = 0;
  private memory: PluginRegion = NOWHERE;
  private device: PluginRegion = NOWHERE;

  constructor(private readonly host: PluginHost) {}

  /** Points this object at the access; null where the address is not mapped. */
  lookUp(vcpu: number, vaddr: number): HwAddr | null {
    const physical = this.host.translate(vcpu, vaddr);
    if (physical === undefined) return null;
    this.physical = physical;
    return this;
  }

  /** What answers at the address. Where nothing does, that is I/O to a nameless place, as in QEMU. */
  get region(): PluginRegion {
    const { physical, memory, device } = this;
    if (physical >= memory.start && physical < memory.end) return memory;
    if (physical >= device.start && physical < device.end) return device;
    const region = this.host.regionAt(physical);
    if (!region) return NOWHERE;
    if (region.io) this.device = region;
    else this.memory = region;
    return region;
  }

  forgetRegions(): void {
    this.memory = this.device = NOWHERE;
  }
}
