export * as exact from './arithmetic';
export { Relation } from './arithmetic';
export * as convert from './convert';
export * as fast from './fast';
export { BINARY16, BINARY32, BINARY64, type FloatFormat } from './format';
export { FloatFlag, FloatStatus, Rounding } from './status';
