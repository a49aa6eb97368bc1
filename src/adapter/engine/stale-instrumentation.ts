import type { BlockFilter } from '../../tcg/instrument';
import type { System } from './system';

const ALL_BLOCKS: BlockFilter = () => true;
/** Beyond so many reasons to instrument blocks anew, all are. */
const MAX_FILTERS = 64;

/** Which translated blocks no longer have what plugins want of them, until that is made good between two instructions. */
export class StaleInstrumentation {
  private blocks: BlockFilter[] = [];
  private how: 'no' | 'reinstrument' | 'flush' = 'no';

  get isAny(): boolean {
    return this.how !== 'no';
  }

  /** @param concerns which blocks are to be instrumented anew; absent: all */
  add(how: 'reinstrument' | 'flush', concerns = ALL_BLOCKS): void {
    if (this.blocks.length < MAX_FILTERS) this.blocks.push(concerns);
    else this.blocks = [ALL_BLOCKS];
    if (this.how !== 'flush') this.how = how;
  }

  /** For a machine in which nothing has been translated. */
  clear(): void {
    this.how = 'no';
    this.blocks = [];
  }

  /** @param runsFreely whether the block that runs may be finished first, as QEMU does before a flush */
  refresh({ machine, plugins }: Pick<System, 'machine' | 'plugins'>, runsFreely: boolean): void {
    if (this.how === 'no') return;
    // A step must not be carried on for a flush.
    if (this.how === 'flush' && runsFreely) machine.scheduler.finishBlock();
    const { how } = this;
    this.how = 'no';
    const filters = this.blocks.splice(0);
    if (how === 'reinstrument') machine.reinstrument((block) => filters.some((concerns) => concerns(block)));
    if (how === 'flush') {
      machine.execs.forEach((exec) => exec.finishInstruction());
      machine.flush();
      plugins.flushed();
    }
    plugins.settle();
    plugins.settled();
  }
}
