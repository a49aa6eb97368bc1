import type { PluginHost, PluginRegion } from './host';

/** Translations that are remembered, a power of two. */
const REMEMBERED = 256;
const PAGE_BITS = 12;
const PAGE_OFFSET = (1 << PAGE_BITS) - 1;

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

  /** Pages translated since a vCPU's mapping changed, as its TLB has them: vCPU and page number, where the page lies. */
  private readonly tags = new Int32Array(REMEMBERED).fill(-1);
  private readonly pages = new Float64Array(REMEMBERED);

  constructor(private readonly host: PluginHost) {}

  /** Points this object at the access; null where the address is not mapped. */
  lookUp(vcpu: number, vaddr: number): HwAddr | null {
    const page = vaddr >>> PAGE_BITS;
    const tag = (vcpu << 20) | page;
    const entry = page & (REMEMBERED - 1);
    if (this.tags[entry] !== tag) {
      const physical = this.host.translate(vcpu, vaddr);
      if (physical === undefined) return null;
      this.tags[entry] = tag;
      this.pages[entry] = physical - (vaddr & PAGE_OFFSET);
    }
    this.physical = this.pages[entry] + (vaddr & PAGE_OFFSET);
    return this;
  }

  /** A vCPU's addresses mean other memory from now on. */
  mappingChanged(): void {
    this.tags.fill(-1);
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
