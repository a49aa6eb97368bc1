export { isIntelHex, parseIntelHex } from './ihex';
export { planDeviceTree, planKernel, type BootPlan, type KernelFiles, type NamedBytes } from './kernel';
export { isLinuxUImage, isUImage, parseUImage, type Gunzip } from './uimage';
export { isZImage } from './zimage';
