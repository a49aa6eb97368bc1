import assert from 'node:assert/strict';
import { ProgramSymbols, SymbolFile } from '../../../src/symbols/index';
import { fixture, memoryOf, recording } from './fixtures';

const hex = (value: number | undefined) => (value === undefined ? '?' : `0x${value.toString(16)}`);

describe('call stacks, against what GDB recorded', () => {
  for (const name of ['dw2-arm-O0', 'dw3-thumb-O2', 'dw4-thumb-O0', 'dw5-arm-O2']) {
    it(`unwinds ${name} by call frame information, with inlined functions and lines`, () => {
      const file = SymbolFile.parse(fixture(`${name}.elf`));
      const program = new ProgramSymbols([file]);
      let inlined = 0;
      for (const state of recording(name)) {
        const stack = program.callStack(state.registers, memoryOf(file, state));
        const own = stack.map((entry) => {
          const sp = entry.inlined ? '' : ` ${hex(entry.frame.registers[13])}`;
          return `${entry.name} ${hex(entry.frame.pc)} ${entry.position?.line ?? 0}${sp}`;
        });
        const expected = state.frames.map(
          (frame) => `${frame.name} ${hex(frame.pc)} ${frame.line ?? 0}${frame.inline ? '' : ` ${hex(frame.sp)}`}`,
        );
        assert.deepEqual(own, expected);
        inlined += stack.filter((entry) => entry.inlined).length;
        assert.ok(
          stack
            .slice(1)
            .every(({ frame }) => frame.method === 'registers' || frame.method === 'call frame information'),
        );
      }
      assert.deepEqual(program.warnings, []);
      assert.equal(inlined > 0, name.endsWith('O2'));
    });
  }

  for (const name of ['nocfi-arm-O0', 'exidx-thumb-O2']) {
    it(`unwinds ${name}, which has no call frame information`, () => {
      const file = SymbolFile.parse(fixture(`${name}.elf`));
      const program = new ProgramSymbols([file]);
      const methods = new Set<string>();
      let known = 0;
      for (const state of recording(name)) {
        // At a few instructions of epilogues GDB itself is lost.
        if (state.frames[state.frames.length - 1].name !== '_start') continue;
        known++;
        const frames = program.backtrace(state.registers, memoryOf(file, state));
        assert.deepEqual(
          frames.map(
            (frame) => `${program.symbolAt(frame.lookupPc)?.name} ${hex(frame.pc)} ${hex(frame.registers[13])}`,
          ),
          state.frames.map((frame) => `${frame.name} ${hex(frame.pc)} ${hex(frame.sp)}`),
        );
        for (const frame of frames) methods.add(frame.method);
      }
      assert.ok(known > 50);
      assert.ok(methods.has('prologue') && methods.has('epilogue'));
      if (name.startsWith('exidx')) assert.ok(methods.has('exception table'));
    });
  }
});

describe('variables, against what GDB recorded', () => {
  for (const name of ['dw2-arm-O0', 'dw3-thumb-O2', 'dw4-thumb-O0', 'dw5-arm-O2']) {
    it(`reads those of ${name}`, () => {
      const file = SymbolFile.parse(fixture(`${name}.elf`));
      const program = new ProgramSymbols([file]);
      let compared = 0;
      let entryValues = 0;
      for (const state of recording(name)) {
        const readMemory = memoryOf(file, state);
        const stack = program.callStack(state.registers, readMemory);
        stack.forEach((entry, index) => {
          const expected = state.frames[index].variables ?? {};
          const own = program.variables(entry, { readMemory });
          for (const variable of own) {
            const wanted = expected[variable.name];
            const where = `${variable.name} of ${entry.name} at ${hex(entry.frame.pc)}`;
            // The recording has no vector registers, nor what the program has written to .data and .bss.
            if (wanted === undefined || /error|not known|cannot be read/.test(`${wanted} ${variable.value}`)) continue;
            if (variable.kind === 'static' || variable.type === 'float' || variable.type === 'double') continue;
            // GDB finds some values at the caller (DW_OP_entry_value); here they count as optimized out.
            if (variable.value === '<optimized out>' && wanted !== variable.value) {
              entryValues++;
              continue;
            }
            assert.equal(variable.value, wanted, where);
            compared++;
          }
          assert.deepEqual(
            own.map((variable) => variable.name).sort(),
            Object.keys(expected).sort(),
            `${entry.name} at ${hex(entry.frame.pc)}`,
          );
        });
      }
      assert.ok(compared > 40 && entryValues < compared / 3, `${compared} compared, ${entryValues} entry values`);
    });
  }
});
