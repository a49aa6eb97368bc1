import type { TcgCacheModel } from 'qemu-plugin';
import { Contributions } from './contributions';
import type { EventRing } from './event-ring';
import type { Scoreboard } from './scoreboard';

export type EventName =
  | 'vcpu_init'
  | 'vcpu_exit'
  | 'vcpu_idle'
  | 'vcpu_resume'
  | 'tb_trans'
  | 'flush'
  | 'atexit'
  | 'vcpu_syscall'
  | 'vcpu_syscall_ret'
  | 'vcpu_syscall_filter'
  | 'vcpu_interrupt'
  | 'vcpu_exception'
  | 'vcpu_hostcall'
  | 'cache_maintenance';

/** A callback of an event, with its arguments after the plugin's id already decided by whoever registered it. */
export type EventCallback = (...args: never[]) => void;

/** One installed plugin. */
export class LoadedPlugin {
  /** False once it failed, was uninstalled, or was switched off: none of its callbacks is called then. */
  active = true;
  /** Why it is off for good. */
  failure: string | undefined;
  /** Registrations made under an earlier generation are void: `qemu_plugin_reset` begins a new one. */
  generation = 0;
  cacheModel: TcgCacheModel | undefined;
  /** The files of the user's that it was made of, absolute paths, where whoever loaded it knows them. */
  sources: readonly string[] | undefined;
  readonly scoreboards = new Set<Scoreboard>();
  /** Events that it is still to be told of. */
  ring: EventRing | undefined;
  readonly contributions = new Contributions();
  /** Its atexit callback only prints, and may be called at any time to see what it has counted. */
  atexitOnlyPrints = false;
  private readonly events = new Map<EventName, EventCallback>();

  constructor(
    readonly id: number,
    /** As the user spelled it. */
    readonly file: string,
    readonly argv: readonly string[],
    /** The version of the API that it was written for; undefined: it uses what it likes. */
    readonly version: number | undefined,
  ) {}

  /** The file's own name. */
  get name(): string {
    return this.file.replace(/^.*[/\\]/, '');
  }

  /** No callback: the event is of no interest any more. */
  on(event: EventName, callback: EventCallback | undefined): void {
    if (callback) this.events.set(event, callback);
    else this.events.delete(event);
  }

  callback(event: EventName): EventCallback | undefined {
    return this.active ? this.events.get(event) : undefined;
  }

  /** Its atexit callback: also of one that is switched off, which has something to say of the time before. */
  get atexit(): EventCallback | undefined {
    return this.failure === undefined ? this.events.get('atexit') : undefined;
  }

  forgetCallbacks(): void {
    this.events.clear();
    this.ring?.drain();
    this.ring = undefined;
    this.generation++;
  }
}
