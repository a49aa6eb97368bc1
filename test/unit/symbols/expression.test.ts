import assert from 'node:assert/strict';
import {
  BASE_TYPES,
  compileExpression,
  compileLogMessage,
  ExpressionError,
  ProgramSymbols,
  SymbolFile,
} from '../../../src/symbols/index';
import type { EvaluationContext, FrameContext, MachineAccess } from '../../../src/symbols/index';
import { fixture, memoryOf, recording } from './fixtures';

/** A machine in the state GDB recorded in `leaf`, called by `chain`, with memory and registers that can be written. */
function machine(name = 'dw4-thumb-O0', functionName = 'leaf') {
  const file = SymbolFile.parse(fixture(`${name}.elf`));
  const program = new ProgramSymbols([file]);
  const state = recording(name).find((entry) => entry.frames[0].name === functionName && entry.frames[0].line === 18)!;
  const original = memoryOf(file, state);
  const written = new Map<number, number>();
  const registers = [...state.registers];
  const access: MachineAccess = {
    readMemory: (address, length) => {
      const bytes = original(address, length);
      for (let i = 0; bytes && i < length; i++) bytes[i] = written.get(address + i) ?? bytes[i];
      return bytes;
    },
    writeMemory: (address, bytes) => {
      if (!original(address, bytes.length)) return false;
      bytes.forEach((byte, index) => written.set(address + index, byte));
      return true;
    },
    register: (register) => ({ cpsr: 0x600001d3, s0: 0x40200000 })[register],
    setRegister: (register, value) => {
      registers[Number(register.slice(1))] = Number(value);
      return true;
    },
  };
  const stack = program.callStack(registers, access.readMemory);
  const contextOf = (index: number): FrameContext =>
    program.context(
      index === 0
        ? { ...program.view(stack[0]), register: (register) => registers[register] }
        : program.view(stack[index]),
      access,
    );
  return { program, stack, access, registers, contextOf };
}

const plain: EvaluationContext = {
  readMemory: () => undefined,
  register: (name) => ({ r0: 3, r1: 0xffffffff, r2: 0x1000 })[name],
  variable: () => undefined,
};

function value(text: string, context: EvaluationContext = plain) {
  return compileExpression(text).evaluate(context).value;
}

describe('C expressions', () => {
  const numbers: [string, number | bigint][] = [
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['0x10 | 010 | 0b11', 0x1b],
    ["'A' + 1", 66],
    ["'\\n'", 10],
    ['-7 / 2', -3],
    ['-7 % 3', -1],
    ['7u - 8', 0xffffffff],
    ['1 << 31', -0x80000000],
    ['0x80000000 >> 4', 0x08000000],
    ['-16 >> 2', -4],
    ['~0', -1],
    ['~0u', 0xffffffff],
    ['!5', 0],
    ['3 > 2 && 2 > 1', 1],
    ['0 && 1 / 0', 0],
    ['1 || 1 / 0', 1],
    ['1 ? 2 : 3 ? 4 : 5', 2],
    ['r0 == 3', 1],
    ['r1 == -1', 1],
    ['r1 < 0', 0],
    ['(int)r1 < 0', 1],
    ['$r0 + $r1', 2],
    ['(unsigned char)0x1ff', 0xff],
    ['(signed char)0xff', -1],
    ['(short)0x18000', -0x8000],
    ['(uint8_t)-1', 255],
    ['5000000000', 5000000000n],
    ['0x7fffffff + 1', -0x80000000],
    ['1LL << 40', 1n << 40n],
    ['-1LL == 0xffffffffffffffff', 1],
    ['(unsigned long long)-1', 0xffffffffffffffffn],
    ['(int)5000000000', 705032704],
    ['1.5 * 2', 3],
    ['(int)-2.9', -2],
    ['1 / 2.0', 0.5],
    ['0.1f == 0.1', 0],
    ['sizeof(int) + sizeof(long long) + sizeof(char *)', 16],
    ['sizeof(int[3])', 12],
    ['sizeof 1LL', 8],
    ['(_Bool)42', 1],
    ['65536 * 65536', 0],
    ['(char *)r2 + 4 == 0x1004', 1],
    ['(int *)r2 + 4 == 0x1010', 1],
    ['(int *)0x20 - (int *)0x10', 4],
  ];
  for (const [text, expected] of numbers) {
    it(text, () => {
      assert.equal(value(text), expected);
      assert.equal(compileExpression(text).test(plain), expected !== 0 && expected !== 0n);
    });
  }

  const errors: [string, string][] = [
    ['', 'the expression is empty (column 1)'],
    ['1 +', 'the expression ends too early (column 4)'],
    ['foo == 1', "unknown name 'foo' (column 1)"],
    ['1 + $r99', "unknown register 'r99' (column 5)"],
    ['(struct none *)1', "unknown type 'struct none' (column 2)"],
    ['1 / 0', 'division by zero (column 3)'],
    ['1 << 32', 'a shift by 32 is outside 0 to 31 (column 3)'],
    ['f(1)', 'functions cannot be called (column 2)'],
    ['1 = 2', 'it cannot be assigned to: it is no variable, register or memory (column 3)'],
    ['*r0', 'a value of type unsigned int is no pointer: cast it, as in *(int *)… (column 1)'],
    ['*(void *)r0', 'a pointer to void has no value: cast it, as in *(int *)… (column 1)'],
    ['*(int *)0x30', 'memory at 0x30 cannot be read (column 1)'],
    ['r0 @ 2', "unexpected character '@' (column 4)"],
    ['1 2', 'unexpected number 2 (column 3)'],
    ["'ab'", 'a character literal needs one character (column 1)'],
    ['&r0', 'register r0 has no address (column 1)'],
    ['r0 = 1', 'register r0 cannot be written here (column 4)'],
    ['(1', "')' is expected before the end (column 3)"],
    ['12abc', "unexpected 'abc' after a number (column 3)"],
    ['1.5 & 1', "'&' needs integers (column 5)"],
    ['1, 2', "after ',' a format is expected: x, h, d, o, b, t, c (column 4)"],
    ['('.repeat(300), 'the expression nests too deeply (column 101)'],
  ];
  for (const [text, message] of errors) {
    it(`refuses ${text.slice(0, 20)}`, () => {
      assert.throws(
        () => compileExpression(text).evaluate(plain),
        (error: unknown) =>
          error instanceof ExpressionError && error.message === message && message.endsWith(`(column ${error.column})`),
        (() => {
          try {
            compileExpression(text).evaluate(plain);
          } catch (error) {
            return String(error);
          }
          return 'no error';
        })(),
      );
    });
  }
});

describe('C expressions over a program', () => {
  const { contextOf, stack, program } = machine();
  const leaf = contextOf(0);
  const chain = contextOf(1);
  const show = (text: string, context: EvaluationContext = leaf) =>
    compileExpression(text, options).evaluate(context).typed.value;
  const options = { isTypeName: (name: string) => program.type(name) !== undefined };

  it('is where it should be', () => {
    assert.deepEqual(
      stack.map((entry) => entry.name),
      ['leaf', 'chain', 'chain', 'chain', 'main', '_start'],
    );
  });

  const shown: [string, string][] = [
    ['a', '3'],
    ['a * 3 + b', '9'],
    ['first', '{value = 1, next = 0xNN <second>}'],
    ['first.next->next->value', '3'],
    ['&first', '0xNN <first>'],
    ['*first.next', '{value = 2, next = 0xNN <third>}'],
    ['limits[1]', '32'],
    ['limits[1],x', '0x20'],
    ['limits', '{10, 32, 30}'],
    ['*(limits + 2)', '30'],
    ['*(int*)0xNN == 1', '1'],
    ['shape.name', '"box"'],
    ['shape.name[1]', "111 'o'"],
    ['shape.color', 'BLUE'],
    ['shape.color == BLUE', '1'],
    ['GREEN + 1', '6'],
    ['shape.flags', '{ready = 1, mode = 5, level = -3, rest = 4660}'],
    ['shape.flags.level - 1', '-4'],
    ['shape.size', '{word = 1065353216, bytes = "\\0\\0\\x80?", real = 1}'],
    ['shape.size.real + 1', '2'],
    ['shape.apply', '0xNN <leaf>'],
    ['shape.apply == leaf', '1'],
    ['shape.grid', '{{1, 2, 3}, {4, 5, -6}}'],
    ['shape.grid[1][2]', '-6'],
    ['shape.wide', '-5000000000'],
    ['shape.wide < 0', '1'],
    ['shape.precise', '2.5'],
    ['shapes[0]->color', 'BLUE'],
    ['message', '0xNN "hi \\"there\\"\\n"'],
    ["message[0] == 'h'", '1'],
    ['enabled', 'true'],
    ['((struct node *)&second)->value', '2'],
    ['(enum color)5', 'GREEN'],
    ['(u32)-1', '4294967295'],
    ['sizeof(struct shape)', '56'],
    ['pc == leaf', '0'],
    ['pc - (int)leaf < 0x40', '1'],
    ['sizeof shape.grid', '12'],
    ['$cpsr >> 28', '6'],
    ['leaf', '0xNN <leaf>'],
  ];
  for (const [text, expected] of shown) {
    it(text, () => {
      const written = text.replace('0xNN', `0x${program.addressOf('first')!.toString(16)}`);
      assert.equal(show(written).replace(/0x[0-9a-f]{6}\b/g, '0xNN'), expected);
    });
  }

  it('sees the locals of the chosen frame', () => {
    assert.equal(show('depth', chain), '0');
    assert.equal(show('local[3]', chain), '3');
    assert.equal(show('list->value', chain), '3');
    assert.equal(show('depth', contextOf(3)), '2');
    assert.throws(() => show('depth'), /unknown name 'depth' \(column 1\)/);
  });

  it('gives children with expressions that give them again', () => {
    const compiled = compileExpression('shape').evaluate(leaf);
    assert.equal(compiled.typeName, 'struct shape');
    assert.equal(compiled.address, program.addressOf('shape'));
    const children = compiled.typed.children();
    assert.deepEqual(
      children.map((child) => `${child.type} ${child.name}`),
      [
        'char[8] name',
        'enum color color',
        'struct flags flags',
        'union number size',
        'const struct node * nodes',
        'operation apply',
        'short[2][3] grid',
        'long long wide',
        'double precise',
      ].map((text) => text.replace('long long wide', 'long long int wide').replace('short[2]', 'short int[2]')),
    );
    let visited = 0;
    const visit = (values: typeof children) => {
      for (const child of values) {
        assert.equal(show(child.evaluateName!), child.value, child.evaluateName);
        if (++visited < 60) visit(child.children());
      }
    };
    visit(children);
    assert.ok(visited > 25);
  });

  it('pages the elements of an array', () => {
    const { typed } = compileExpression('limits').evaluate(leaf);
    assert.equal(typed.indexedChildren, 3);
    assert.deepEqual(
      typed.children(1, 1).map((child) => `${child.name} ${child.value} ${child.evaluateName}`),
      ['[1] 32 limits[1]'],
    );
  });

  it('assigns to registers, variables, members and bit fields', () => {
    const own = machine();
    const context = own.contextOf(0);
    const set = (text: string) => compileExpression(text).evaluate(context).value;
    assert.equal(set('r0 = 5'), 5);
    assert.equal(own.registers[0], 5);
    assert.equal(set('r0 += 0xffffffff'), 4);
    assert.equal(set('result = a = 100'), 100);
    assert.equal(set('a'), 100);
    assert.equal(set('shape.flags.level = 15'), 15);
    assert.equal(
      compileExpression('shape.flags').evaluate(context).typed.value,
      '{ready = 1, mode = 5, level = 15, rest = 4660}',
    );
    assert.equal(set('shape.grid[0][1]++'), 2);
    assert.equal(set('--shape.grid[0][1]'), 2);
    assert.equal(set('shape.size.real = 0.5'), 0.5);
    assert.equal(set('shape.size.word'), 0x3f000000);
    assert.equal(set('shape.wide = 1LL << 33'), 1n << 33n);
    assert.equal(set('*(unsigned short *)&third = 0x1ffff'), 0xffff);
    assert.equal(set('third.value'), 0xffff);
    compileExpression('second = first').evaluate(context);
    assert.equal(set('second.value'), 1);
    compileExpression('limits[2]').assign(context, 99);
    assert.equal(set('limits[2]'), 99);
    assert.throws(() => set('shape = 1'), /a value of type struct shape cannot be assigned a number/);
    assert.throws(() => compileExpression('r4 = 1').evaluate(own.contextOf(1)), /register r4 cannot be written here/);
  });

  it('is compiled once and follows the machine', () => {
    const own = machine();
    const context = own.contextOf(0);
    const condition = compileExpression('r0 == 3 && *(int *)&first.value > 0');
    own.registers[0] = 2;
    assert.equal(condition.test(context), false);
    own.registers[0] = 3;
    assert.equal(condition.test(context), true);
    const start = process.hrtime.bigint();
    for (let i = 0; i < 20_000; i++) condition.test(context);
    const micros = Number(process.hrtime.bigint() - start) / 1000 / 20_000;
    assert.ok(micros < 50, `${micros} µs each`);
  });

  it('formats log messages', () => {
    const log = compileLogMessage('a={a} \\{raw\\} {first.next->value,x}: {nothing} {shape.name}');
    assert.equal(log.format(leaf), 'a=3 {raw} 0x2: <unknown name \'nothing\' (column 1)> "box"');
    assert.throws(() => compileLogMessage('x {1 +'), /'\{' has no closing '\}' \(column 3\)/);
    assert.throws(() => compileLogMessage('x {1 +}'), /the expression ends too early \(column 7\)/);
  });

  it('names types as C does', () => {
    const name = (text: string) => compileExpression(text).evaluate(leaf).typeName;
    assert.equal(name('shapes'), 'struct shape *[2]');
    assert.equal(name('limits'), 'const u32[3]');
    assert.equal(name('&shape.grid'), 'short int (*)[2][3]');
    assert.equal(name('leaf'), 'int (int, int)');
    assert.equal(name('sink'), 'volatile int');
    assert.equal(BASE_TYPES.int.byteSize, 4);
  });
});

describe('C++', () => {
  const file = SymbolFile.parse(fixture('cpp.elf'));
  const program = new ProgramSymbols([file]);
  const sum = program.files[0].info.functions.find((info) => info.name === 'geometry::Point::sum')!;

  it('knows qualified names, templates and members', () => {
    assert.equal(sum.linkageName, '_ZNK8geometry5Point3sumEi');
    assert.equal(program.resolveFunction('sum')[0].function, 'geometry::Point::sum');
    assert.equal(program.resolveFunction('geometry::Point::sum').length, 1);
    assert.equal(program.resolveFunction('twice<int>').length, 1);
    const context = program.context(
      { pc: sum.low, register: () => 0, innermost: true },
      {
        readMemory: (address, length) =>
          memoryOf(file, { registers: new Array<number>(16).fill(0), stack: '', frames: [] })(address, length),
      },
    );
    const show = (text: string) => compileExpression(text).evaluate(context).typed;
    assert.equal(show('geometry::axis').value, 'Y');
    assert.equal(show('geometry::Point::count').value, '2');
    const point = show('point');
    assert.equal(point.type, 'class geometry::Point');
    assert.deepEqual(
      point.children().map((child) => child.name),
      ['geometry::Base', 'x', 'y', 'count'],
    );
    assert.equal(show('point.id').value, '0');
  });
});
