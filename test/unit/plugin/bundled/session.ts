import { parsePluginLines } from '../../../../src/plugin/args';
import { findBundledPlugin } from '../../../../src/plugin/bundled';
import { PluginEngine } from '../../../../src/plugin/engine';
import { loadPlugins } from '../../../../src/plugin/load';
import { FakeHost } from '../fake-host';
import { Guest } from '../guest';

/** A machine with the plugins of the given `-plugin` lines. */
export function session(lines: readonly string[], host = new FakeHost()) {
  const engine = new PluginEngine(host);
  const warnings: string[] = [];
  const resolve = (file: string) => {
    const create = findBundledPlugin(file);
    if (!create) throw new Error(`${file}: cannot open shared object file: No such file or directory`);
    return create();
  };
  loadPlugins(engine, parsePluginLines(lines), resolve, (message) => warnings.push(message));
  for (let vcpu = 0; vcpu < host.smpVcpus; vcpu++) engine.vcpuInit(vcpu);
  return { engine, host, guest: new Guest(engine), warnings };
}

/** Why the plugin of the line cannot be installed: the error's message, and what it printed to stderr and the log. */
export function refusal(line: string, host = new FakeHost()): { message: string; stderr: string; log: string } {
  try {
    session([line], host);
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error), stderr: host.stderr, log: host.log };
  }
  throw new Error(`${line} was installed`);
}
