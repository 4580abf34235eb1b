export { readPackage, type ReadPackage } from './compat/read.ts'
export { CONTRACTS, contractOf, type Contract } from './compat/levels.ts'
export { createKernel, StartupError, type Kernel } from './kernel.ts'
export { KERNEL_ERRORS, type KernelCode } from './codes.ts'
export { currentFrame, guarded, guardedSync, type Frame } from './guarded.ts'
export { armedLimits } from './limits.ts'
export { manifestHash, readLock, type Lock, type LockEntry } from './lock.ts'
export { readManifest, type ReadManifest } from './manifest.ts'
export type {
  InlinePlugin,
  KernelConfig,
  KernelOptions,
  Limits,
  PluginSource,
  ProfileChoice,
} from './options.ts'
export { decide, intersect, widened, type Rights } from './permissions.ts'
export type { Problem } from './problem.ts'
export type { Source } from './record.ts'
export type { Reloaded } from './reloaded.ts'
export type { KernelReport, PluginReport } from './report.ts'
export { formatReport } from './report-text.ts'
export type { PluginState } from './unit.ts'
export { SDK_VERSION } from './version.ts'
export { readPluginFile } from './discover-file.ts'
