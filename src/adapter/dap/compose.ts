import type { Compose } from './session';
import { CallbackBreakpoints } from './breakpoints/callback-breakpoints';
import { CallbackBreakpointRequests } from './breakpoints/callback-requests';
import { CodeBreakpoints } from './breakpoints/code-breakpoints';
import { CodeBreakpointRequests } from './breakpoints/code-requests';
import { DataBreakpointRequests } from './breakpoints/data-requests';
import { Ids } from './breakpoints/ids';
import { CompletionRequests } from './completions';
import { DisassembleRequests } from './disassembly';
import { RequestError } from './errors';
import { EvaluateRequests } from './evaluate';
import { FrameValues } from './frame-values';
import { Lifecycle } from './lifecycle';
import type { LifecycleServices } from './lifecycle';
import { MemoryRequests } from './memory';
import { SessionRequests } from './misc-requests';
import { NavigationRequests } from './navigation';
import type { Program } from './program';
import { resolvePlugin } from './launch';
import { PluginControl } from './plugin-commands';
import { PluginRequests } from './plugin-requests';
import { ReplCommands } from './repl';
import { Stack } from './stack';
import { StatisticsFeed } from './statistics';
import { SteppingRequests } from './stepping';
import { VariableStore } from './variable-store';
import { VariableRequests } from './variables';

/** Makes the units of a session and joins them; each one serves its own requests. */
export function composeWith(services: LifecycleServices): Compose {
  return (client) => {
    const { numbering } = client;
    const ids = new Ids();
    const codeBreakpoints = new CodeBreakpoints(ids, numbering);
    const callbackBreakpoints = new CallbackBreakpoints(ids);
    const statistics = new StatisticsFeed(() => lifecycle.program, client);
    const store = new VariableStore();
    const program = (): Program => {
      const current = lifecycle.program;
      if (!current) throw new RequestError('no program has been launched');
      return current;
    };
    const stack = new Stack(program, numbering);
    const lifecycle: Lifecycle = new Lifecycle(client, services, {
      breakpoints: codeBreakpoints,
      callbacks: callbackBreakpoints,
      statistics,
      pluginsChanged: (list) => plugins.tell(list),
      forget: () => {
        stack.clear();
        store.clear();
      },
    });
    /** Memory or registers were written while the guest stands. */
    const changed = () => {
      lifecycle.program?.view.forget();
      stack.refresh();
    };
    const input = async (text: string) => {
      const { engine } = program();
      const channel = lifecycle.console?.recentChannel ?? 'uart0';
      await engine.consoleInput(channel, new TextEncoder().encode(text));
    };
    const thumbNow = async () => {
      const { engine, run } = program();
      const status = (await engine.readRegisters(run.vcpu)).find(({ name }) => name === 'cpsr');
      return status !== undefined && (status.value & 0x20) !== 0;
    };
    const frames = new FrameValues(program, stack, changed);
    const pluginControl = new PluginControl(
      () => program().engine,
      (spec) => resolvePlugin(spec, program().launch.cwd, services),
    );
    const plugins = new PluginRequests(program, pluginControl, client);
    const repl = new ReplCommands(program, frames, input, async (words) => {
      const text = await pluginControl.command(words);
      if (words[0] !== 'stats') await plugins.changed();
      return text;
    });
    const variables = new VariableRequests(program, stack, frames, store, client, changed);
    const units = [
      lifecycle,
      new CodeBreakpointRequests(codeBreakpoints, () => program().map, numbering),
      new CallbackBreakpointRequests(callbackBreakpoints, (name) => lifecycle.program?.map.symbolNamed(name)),
      new DataBreakpointRequests(callbackBreakpoints, variables),
      new SteppingRequests(program, stack),
      stack,
      variables,
      new EvaluateRequests(stack, frames, store, repl, client),
      new CompletionRequests(program, stack, repl, numbering),
      new MemoryRequests(() => program().engine, client, changed),
      new DisassembleRequests(program, thumbNow, numbering),
      new NavigationRequests(program, stack, numbering, changed),
      new SessionRequests(program, input),
      statistics,
      plugins,
    ];
    return {
      handlers: Object.assign({}, ...units.map(({ handlers }) => handlers)),
      dispose: () => lifecycle.dispose(),
    };
  };
}
