import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { FakeEngine } from './fake-engine';
import { Harness } from './harness';

export const PROGRAM = path.resolve('test/programs/symbols/dw5-arm-O0.elf');
export const SOURCE = path.resolve('test/programs/symbols/app.c');
/** Debug information has paths of another machine: they are mapped to the sources here. */
export const CONFIG = { program: PROGRAM, sourceMap: { '/src/symbols': path.dirname(SOURCE) } };

const APP = readFileSync(SOURCE, 'utf8').split('\n');

/** The number of the first line of app.c that contains the text. */
export function lineOf(text: string): number {
  const index = APP.findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`app.c has no line with ${text}`);
  return index + 1;
}

/** In leaf, after its prologue; see the disassembly of the fixture. */
export const LEAF_BODY = 0x1000b0;
/** After the call of loop in main. */
const RETURN = 0x1002c8;
const STACK = 0x80000;

const putWord = (engine: FakeEngine, address: number, value: number) => {
  for (let i = 0; i < 4; i++) engine.memory.set(address + i, (value >>> (8 * i)) & 0xff);
};

/** Stands in leaf(a = 5, b = -2) with result = 13, called from main with sum = 99, as the frames of -O0 lie. */
export async function stoppedInLeaf(more: Record<string, unknown> = {}): Promise<Harness> {
  const harness = new Harness();
  harness.prepare = (engine) => {
    engine.onRun = () => {
      engine.onRun = () => undefined;
      for (let address = STACK - 0x1000; address < STACK; address++) engine.memory.set(address, 0);
      const mainFp = STACK - 4;
      const leafFp = STACK - 0x20;
      putWord(engine, mainFp, 0x100028); // main's return address
      putWord(engine, mainFp - 4, 0); // _start's fp
      putWord(engine, mainFp - 8, 99); // sum
      putWord(engine, leafFp, mainFp); // saved fp
      putWord(engine, leafFp - 8, 13); // result
      putWord(engine, leafFp - 16, 5); // a
      putWord(engine, leafFp - 20, -2); // b
      const registers = { fp: leafFp, sp: leafFp - 20, lr: RETURN };
      engine.registers.set('r11', registers.fp);
      engine.registers.set('sp', registers.sp);
      engine.registers.set('lr', registers.lr);
      engine.stop({ kind: 'pause' }, LEAF_BODY);
    };
  };
  await harness.launch({ ...CONFIG, ...more });
  await harness.client.request('configurationDone');
  await harness.client.event('stopped');
  return harness;
}

export async function frames(harness: Harness): Promise<DebugProtocol.StackFrame[]> {
  const body = await harness.client.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId: 1 });
  return body.stackFrames;
}

/** The scopes of a frame by name. */
export async function scopesOf(harness: Harness, frameId: number): Promise<Map<string, DebugProtocol.Scope>> {
  const { scopes } = await harness.client.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId });
  return new Map(scopes.map((scope) => [scope.name, scope]));
}

export async function variablesOf(
  harness: Harness,
  variablesReference: number,
  more: Record<string, unknown> = {},
): Promise<DebugProtocol.Variable[]> {
  const args = { variablesReference, ...more };
  return (await harness.client.request<DebugProtocol.VariablesResponse['body']>('variables', args)).variables;
}
