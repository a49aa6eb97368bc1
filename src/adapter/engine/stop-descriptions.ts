import type { Session } from './session';

/** r14, where the environment has it. */
const LR = 14;

type Place = Pick<Session, 'system' | 'symbols'>;

/** Which vCPU, where there are several. */
const of = ({ system }: Place, vcpu: number): string => (system.cpus.length > 1 ? ` of CPU#${vcpu}` : '');

/** The vCPU's program counter is where there is no memory. */
export function describeNowhere(place: Place, vcpu: number): string {
  const { system, symbols } = place;
  const returns = system.cpus[vcpu].env[LR] >>> 0;
  const name = symbols.describe(returns);
  const lr = `0x${returns.toString(16)}${name ? ` ${name}` : ''}`;
  return `The program counter${of(place, vcpu)} is at 0x${system.pc(vcpu).toString(16)}, where there is no memory (lr: ${lr}).`;
}

/** The vCPU cannot execute its exception vectors. */
export function describeExceptionLoop(place: Place, vcpu: number): string {
  const at = `0x${place.system.pc(vcpu).toString(16)}`;
  return `The guest takes one exception after the other${of(place, vcpu)} at ${at} without executing an instruction: its vectors cannot be executed.`;
}
