export { Pl330 } from './pl330';
export { PL330_REGISTERS } from './registers';
