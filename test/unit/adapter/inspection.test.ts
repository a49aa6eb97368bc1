import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { RequestFailed } from '../../dap/client';
import type { Harness } from './harness';
import { frames, lineOf, scopesOf, SOURCE, stoppedInLeaf, variablesOf } from './stopped-in-leaf';

type Evaluated = DebugProtocol.EvaluateResponse['body'];

const evaluate = async (harness: Harness, expression: string, more: Record<string, unknown> = {}): Promise<string> =>
  (await harness.client.request<Evaluated>('evaluate', { expression, ...more })).result;

const refused = (work: Promise<unknown>, message: RegExp) =>
  assert.rejects(work, (error: unknown) => error instanceof RequestFailed && message.test(error.message));

const pairs = (variables: DebugProtocol.Variable[]) => variables.map(({ name, value }) => [name, value]);

describe('stack, scopes and variables', () => {
  it('unwinds to the entry, with sources mapped', async () => {
    const stack = await frames(await stoppedInLeaf());
    const places = stack.map(({ name, line, source }) => [name, line, source?.path]);
    assert.deepEqual(places.slice(0, 2), [
      ['leaf', lineOf('sink = result'), SOURCE],
      ['main', lineOf('int sum = loop(4)'), SOURCE],
    ]);
    assert.match(stack[2].name, /^_start/);
    assert.equal(stack.length, 3);
    assert.equal(stack[0].instructionPointerReference, '0x001000b0');
  });

  it('gives frames by pages with stable numbers', async () => {
    const harness = await stoppedInLeaf();
    const page = (startFrame: number, levels: number) =>
      harness.client.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
        threadId: 1,
        startFrame,
        levels,
      });
    const first = await page(0, 1);
    assert.equal(first.stackFrames.length, 1);
    assert.ok(first.totalFrames! >= 2);
    const rest = await page(1, 20);
    assert.equal(rest.totalFrames, 3);
    assert.equal(rest.stackFrames[0].name, 'main');
    assert.equal((await page(0, 20)).stackFrames[0].id, first.stackFrames[0].id);
  });

  it('shows arguments and locals of each frame', async () => {
    const harness = await stoppedInLeaf();
    const [leaf, main] = await frames(harness);
    const scopes = await scopesOf(harness, leaf.id);
    assert.deepEqual([...scopes.keys()], ['Arguments', 'Locals', 'Globals', 'Registers']);
    assert.equal(scopes.get('Globals')!.expensive, true);
    assert.deepEqual(pairs(await variablesOf(harness, scopes.get('Arguments')!.variablesReference)), [
      ['a', '5'],
      ['b', '-2'],
    ]);
    assert.deepEqual(pairs(await variablesOf(harness, scopes.get('Locals')!.variablesReference)), [['result', '13']]);
    const hex = await variablesOf(harness, scopes.get('Locals')!.variablesReference, { format: { hex: true } });
    assert.deepEqual(pairs(hex), [['result', '0xd']]);
    const inMain = await scopesOf(harness, main.id);
    assert.deepEqual(pairs(await variablesOf(harness, inMain.get('Locals')!.variablesReference)), [['sum', '99']]);
  });

  it('shows globals by file, and their parts', async () => {
    const harness = await stoppedInLeaf();
    const [leaf] = await frames(harness);
    const scopes = await scopesOf(harness, leaf.id);
    const files = await variablesOf(harness, scopes.get('Globals')!.variablesReference);
    const app = files.find(({ name }) => name === 'app.c')!;
    const globals = await variablesOf(harness, app.variablesReference);
    const names = globals.map(({ name }) => name);
    for (const name of ['counter', 'shape', 'limits', 'sink']) assert.ok(names.includes(name), name);
    const limits = globals.find(({ name }) => name === 'limits')!;
    assert.equal(limits.indexedVariables, 3);
    assert.deepEqual(pairs(await variablesOf(harness, limits.variablesReference, { start: 1, count: 2 })), [
      ['[1]', '32'],
      ['[2]', '30'],
    ]);
    const shape = globals.find(({ name }) => name === 'shape')!;
    assert.ok(shape.namedVariables! > 3);
    assert.equal(shape.memoryReference, '0x001013e0');
  });

  it('sets locals, members and elements, and says what cannot be set', async () => {
    const harness = await stoppedInLeaf();
    const [leaf] = await frames(harness);
    const scopes = await scopesOf(harness, leaf.id);
    const set = (variablesReference: number, name: string, value: string) =>
      harness.client.request<DebugProtocol.SetVariableResponse['body']>('setVariable', {
        variablesReference,
        name,
        value,
      });
    const locals = scopes.get('Locals')!.variablesReference;
    assert.equal((await set(locals, 'result', 'a * 2')).value, '10');
    assert.deepEqual(pairs(await variablesOf(harness, locals)), [['result', '10']]);
    assert.equal(await evaluate(harness, 'result', { frameId: leaf.id }), '10');
    const [app] = (await variablesOf(harness, scopes.get('Globals')!.variablesReference)).filter(
      ({ name }) => name === 'app.c',
    );
    const limits = (await variablesOf(harness, app.variablesReference)).find(({ name }) => name === 'limits')!;
    assert.equal((await set(limits.variablesReference, '[2]', '0x77')).value, '119');
    assert.equal(await evaluate(harness, 'limits[2]'), '119');
    await refused(set(locals, 'nothing', '1'), /there is no variable nothing here/);
    await refused(set(locals, 'result', '1 +'), /column/);
    await refused(set(locals, 'result', 'shape'), /is no number/);
  });

  it('shows registers by group, the status register’s fields spelled out and writable', async () => {
    const harness = await stoppedInLeaf();
    const [leaf] = await frames(harness);
    const scopes = await scopesOf(harness, leaf.id);
    const groups = await variablesOf(harness, scopes.get('Registers')!.variablesReference);
    assert.deepEqual(
      groups.map(({ name }) => name),
      ['Core', 'Flags and modes', 'Banked', 'System'],
    );
    const [core, status, , system] = groups.map(({ variablesReference }) => variablesReference);
    const registers = await variablesOf(harness, core);
    assert.equal(registers.find(({ name }) => name === 'pc')!.value, '0x001000b0 <leaf+48>');
    const [cpsr] = await variablesOf(harness, status);
    assert.equal(cpsr.value, '0x600001d3 svc A32');
    const fields = await variablesOf(harness, cpsr.variablesReference);
    const field = (name: string) => fields.find((one) => one.name === name)!.value;
    assert.deepEqual(['N', 'Z', 'C', 'V', 'I', 'T', 'M'].map(field), [
      '0',
      '1',
      '1',
      '0',
      '1 (masked)',
      '0 (ARM)',
      '0x13 (svc)',
    ]);
    const set = (variablesReference: number, name: string, value: string) =>
      harness.client.request<DebugProtocol.SetVariableResponse['body']>('setVariable', {
        variablesReference,
        name,
        value,
      });
    assert.equal((await set(cpsr.variablesReference, 'N', '1')).value, '1');
    assert.equal(harness.engine.registers.get('cpsr'), 0xe00001d3);
    assert.equal((await set(cpsr.variablesReference, 'M', 'sys')).value, '0x1f (sys)');
    assert.equal(harness.engine.registers.get('cpsr'), 0xe00001df);
    assert.equal((await set(core, 'r3', 'a + 0x10')).value, '0x00000015');
    assert.equal(harness.engine.registers.get('r3'), 0x15);
    await refused(set(cpsr.variablesReference, 'N', '2'), /N \(negative\) takes a number from 0 to 1, not 2/);
    await refused(set(system, 'sctlr', '0'), /register sctlr cannot be written/);
  });

  it('shows a caller’s registers as far as they are known, unwritable', async () => {
    const harness = await stoppedInLeaf();
    const [, main] = await frames(harness);
    const scopes = await scopesOf(harness, main.id);
    const reference = scopes.get('Registers')!.variablesReference;
    const registers = new Map(pairs(await variablesOf(harness, reference)) as [string, string][]);
    assert.equal(registers.get('pc'), '0x001002c8 <main+20>');
    assert.equal(registers.get('r11'), '0x0007fffc');
    assert.equal(registers.get('r0'), '<not known in this frame>');
    await refused(
      harness.client.request('setVariable', { variablesReference: reference, name: 'pc', value: '0' }),
      /pc cannot be changed/,
    );
  });

  it('forgets frames and variables when the guest goes on', async () => {
    const harness = await stoppedInLeaf();
    const [leaf] = await frames(harness);
    const scopes = await scopesOf(harness, leaf.id);
    harness.engine.onRun = () => harness.engine.stop({ kind: 'step' });
    await harness.client.request('stepIn', { threadId: 1, granularity: 'instruction' });
    await harness.client.event('stopped');
    await refused(
      harness.client.request('scopes', { frameId: leaf.id }),
      /there is no frame \d+: the guest has gone on/,
    );
    const { variablesReference } = scopes.get('Locals')!;
    await refused(harness.client.request('variables', { variablesReference }), /the guest has gone on since/);
  });
});

describe('evaluate', () => {
  it('evaluates expressions in a frame', async () => {
    const harness = await stoppedInLeaf();
    const [leaf, main] = await frames(harness);
    assert.equal(await evaluate(harness, 'a + b', { frameId: leaf.id, context: 'watch' }), '3');
    assert.equal(await evaluate(harness, 'sum', { frameId: main.id, context: 'hover' }), '99');
    assert.equal(await evaluate(harness, 'shape.name[0]'), "98 'b'");
    assert.equal(await evaluate(harness, '$pc == 0x1000b0'), '1');
    assert.equal(await evaluate(harness, '*(unsigned *)0x100000', { format: { hex: true } }), '0xe3a0d602');
    const shape = await harness.client.request<Evaluated>('evaluate', { expression: 'shape' });
    assert.ok(shape.variablesReference > 0);
    const members = await variablesOf(harness, shape.variablesReference);
    assert.equal(members[0].evaluateName, 'shape.name');
  });

  it('says what is wrong with an expression', async () => {
    const harness = await stoppedInLeaf();
    await refused(evaluate(harness, 'nothing'), /nothing/);
    await refused(evaluate(harness, '1 +'), /column/);
    await refused(evaluate(harness, '*(int *)0xf0000000'), /0xf0000000 cannot be read/);
    await refused(evaluate(harness, '   '), /"expression" must be an expression/);
    await refused(evaluate(harness, 'a', { frameId: 1234 }), /there is no frame 1234/);
  });

  it('assigns by setExpression and in the console', async () => {
    const harness = await stoppedInLeaf();
    const { value } = await harness.client.request<DebugProtocol.SetExpressionResponse['body']>('setExpression', {
      expression: 'shape.grid[1][2]',
      value: '3',
    });
    assert.equal(value, '3');
    assert.equal(await evaluate(harness, 'counter = 40 + 2', { context: 'repl' }), '42');
    assert.equal(await evaluate(harness, 'counter == 42', { context: 'repl' }), '1');
    assert.equal(await evaluate(harness, 'counter'), '42');
    await evaluate(harness, '$r5 = 0x1234', { context: 'repl' });
    assert.equal(harness.engine.registers.get('r5'), 0x1234);
    await refused(evaluate(harness, '5 = 6', { context: 'repl' }), /column 1/);
  });

  it('has commands in the console', async () => {
    const harness = await stoppedInLeaf({ plugins: ['libcache.so,arg=1,arg=2'] });
    const repl = (expression: string) => evaluate(harness, expression, { context: 'repl' });
    assert.match(await repl('help'), /info registers \[name …\]/);
    assert.equal(await repl('info registers pc r5'), 'pc  0x001000b0 <leaf+48>\nr5  0x00000000');
    assert.match(await repl('info jit'), /^translation blocks +3\ncompiled +nothing: the interpreter/);
    assert.equal((await repl('info registers')).split('\n').length, harness.engine.registers.size);
    assert.equal(
      await repl('x/5xw 0x100000'),
      ['0x00100000 <_start>: 0xe3a0d602 0xee110f50 0xe380060f 0xee010f50', '0x00100010 <_start+16>: 0xf57ff06f'].join(
        '\n',
      ),
    );
    assert.equal(await repl('x/3c shape.name'), "0x001013e0 <shape>: 'b' 'o' 'x'");
    assert.equal(await repl('x 0xf0000000'), '0xf0000000: no memory answers here');
    assert.equal(await repl('plugins'), '0: libcache.so,arg=1,arg=2');
    await refused(repl('info registers r99'), /there is no register r99/);
    await refused(repl('x/99999 0'), /from 1 to 1024 units of 4 bytes/);
  });

  it('completes commands, registers and names', async () => {
    const harness = await stoppedInLeaf();
    const [leaf] = await frames(harness);
    const complete = async (text: string) => {
      const args = { text, column: text.length + 1, frameId: leaf.id };
      const { targets } = await harness.client.request<DebugProtocol.CompletionsResponse['body']>('completions', args);
      return targets.map(({ label }) => label);
    };
    assert.deepEqual(await complete('resu'), ['result']);
    assert.deepEqual(await complete('1 + coun'), ['counter']);
    assert.deepEqual(await complete('$cp'), ['$cpsr']);
    assert.deepEqual(await complete('info'), ['info registers', 'info jit']);
    assert.deepEqual(await complete('zzz'), []);
  });
});
