import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { AdapterProcess } from './adapter-process';

const PROGRAM = path.resolve('test/dap/programs/steps.elf');
const SOURCE = path.resolve('test/dap/programs/steps.c');
const TEXT = readFileSync(SOURCE, 'utf8').split('\n');

const lineOf = (text: string): number => {
  const index = TEXT.findIndex((line) => line.includes(text));
  assert.ok(index >= 0, text);
  return index + 1;
};

/** A session on the stepping program, which is Thumb code of -O0 called from ARM code. */
class Steps {
  readonly adapter = new AdapterProcess();
  readonly client = this.adapter.client;

  async toLine(text: string, condition?: string): Promise<void> {
    await this.client.request('initialize', { clientID: 'tcgscope', adapterID: 'tcg' });
    await this.client.request('launch', { program: PROGRAM });
    await this.client.event('initialized');
    await this.breakAt(text, condition);
    await this.client.request('configurationDone');
    await this.client.event('stopped');
    await this.client.request('setBreakpoints', { source: { path: SOURCE }, breakpoints: [] });
  }

  async breakAt(text: string, condition?: string): Promise<void> {
    const { breakpoints } = await this.client.request<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source: { path: SOURCE },
      breakpoints: [{ line: lineOf(text), condition }],
    });
    assert.ok(breakpoints[0].verified, breakpoints[0].message);
  }

  async do(command: string, granularity?: string): Promise<void> {
    await this.client.request(command, { threadId: 1, granularity });
    const { body } = await this.client.event<DebugProtocol.StoppedEvent>('stopped');
    assert.equal(body.reason, 'step', JSON.stringify(body));
  }

  async stack(): Promise<DebugProtocol.StackFrame[]> {
    return (await this.client.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId: 1 }))
      .stackFrames;
  }

  /** Names and lines of the stack, innermost first. */
  async where(): Promise<string[]> {
    return (await this.stack()).map(({ name, line }) => (line ? `${name}:${line}` : name));
  }

  async value(expression: string): Promise<string> {
    const [frame] = await this.stack();
    const args = { expression, frameId: frame.id };
    return (await this.client.request<DebugProtocol.EvaluateResponse['body']>('evaluate', args)).result;
  }
}

const at = (name: string, text: string) => `${name}:${lineOf(text)}`;

describe('stepping, on the real emulator', () => {
  it('steps over a recursive call at the same depth', async () => {
    const steps = new Steps();
    await steps.toLine('int before', 'n == 4');
    const depth = (await steps.stack()).length;
    await steps.do('next');
    const where = await steps.where();
    assert.equal(where[0], at('fibonacci', 'return before'));
    assert.equal(where.length, depth);
    assert.equal(await steps.value('n'), '4');
    assert.equal(await steps.value('before'), '1');
    await steps.adapter.leave();
  });

  it('steps into a call after its prologue, and out to the caller', async () => {
    const steps = new Steps();
    await steps.toLine('int a = fibonacci(5)');
    await steps.do('stepIn');
    assert.deepEqual((await steps.where()).slice(0, 2), [at('fibonacci', 'if (n < 2)'), at('main', 'int a = ')]);
    assert.equal(await steps.value('n'), '5');
    await steps.do('stepOut');
    assert.equal((await steps.where())[0], at('main', 'int a = '));
    await steps.do('next');
    assert.equal((await steps.where())[0], at('twice [inlined]', 'int result = value'));
    assert.equal(await steps.value('value'), '5');
    await steps.adapter.leave();
  });

  it('shows inlined functions as frames and steps out of them', async () => {
    const steps = new Steps();
    await steps.toLine('sink = result');
    assert.deepEqual((await steps.where()).slice(0, 2), [
      at('twice [inlined]', 'sink = result'),
      at('main', 'int b = twice(a)'),
    ]);
    assert.equal(await steps.value('result'), '10');
    await steps.do('stepOut');
    const [top] = await steps.where();
    assert.match(top, /^main:/);
    await steps.adapter.leave();
  });

  it('does not stop in functions without source, steps over them', async () => {
    const steps = new Steps();
    await steps.toLine('int c = bare(b)');
    await steps.do('stepIn');
    assert.equal((await steps.where())[0], at('main', 'int d = count(c)'));
    assert.equal(await steps.value('c'), '11');
    await steps.adapter.leave();
  });

  it('steps by instructions, into such a function and out of it', async () => {
    const steps = new Steps();
    await steps.toLine('int c = bare(b)');
    for (let i = 0; i < 4 && !(await steps.where())[0].startsWith('bare'); i++) {
      await steps.do('stepIn', 'instruction');
    }
    const [bare, main] = await steps.where();
    assert.equal(bare, 'bare');
    assert.equal(main, at('main', 'int c = bare(b)'));
    await steps.do('next', 'instruction');
    assert.equal((await steps.where())[0], 'bare+0x2');
    await steps.do('stepOut');
    assert.equal((await steps.where())[0], at('main', 'int c = bare(b)'));
    await steps.adapter.leave();
  });

  it('steps over a call by one instruction', async () => {
    const steps = new Steps();
    await steps.toLine('int d = count(c)');
    const depth = (await steps.stack()).length;
    for (let i = 0; i < 5; i++) {
      await steps.do('next', 'instruction');
      assert.equal((await steps.stack()).length, depth);
    }
    assert.equal(await steps.value('d'), '55');
    await steps.adapter.leave();
  });

  it('leaves a function at its end into the caller', async () => {
    const steps = new Steps();
    await steps.toLine('return total');
    await steps.do('next');
    assert.match((await steps.where())[0], /^count:/);
    await steps.do('next');
    assert.equal((await steps.where())[0], at('main', 'int d = count(c)'));
    await steps.do('next');
    assert.equal((await steps.where())[0], at('main', 'sink = a + b'));
    await steps.adapter.leave();
  });

  it('disassembles Thumb, its literals and ARM code, forwards and back to the same instructions', async () => {
    const steps = new Steps();
    await steps.toLine('int a = fibonacci(5)');
    const ask = async (memoryReference: string, instructionOffset: number, instructionCount: number) => {
      const args = { memoryReference, instructionOffset, instructionCount, resolveSymbols: true };
      const body = await steps.client.request<NonNullable<DebugProtocol.DisassembleResponse['body']>>(
        'disassemble',
        args,
      );
      assert.equal(body.instructions.length, instructionCount);
      return body.instructions;
    };
    const forward = await ask('0x00100000', 0, 60);
    const texts = forward.slice(0, 5).map(({ instruction }) => instruction);
    assert.deepEqual(texts, ['adds r0, #1', 'ldr r1, [pc, #4]', 'bx lr', '.short 0x0000', '.word 0x12345678']);
    assert.ok(forward.some(({ symbol }) => symbol === '_start'));
    for (const index of [5, 9, 17, 30, 59]) {
      const back = await ask(forward[index].address, -index, index + 1);
      assert.deepEqual(
        back.map(({ address, instruction }) => [address, instruction]),
        forward.slice(0, index + 1).map(({ address, instruction }) => [address, instruction]),
      );
    }
    await steps.adapter.leave();
  });
});
