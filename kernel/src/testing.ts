import type { Logger } from '@llmspell/sdk'
import { armedLimits } from './limits.ts'
import { SpellKernel, type Kernel } from './kernel.ts'
import { checkOptions, type KernelOptions, type PluginSource } from './options.ts'

const silent: Logger = Object.fromEntries(
  ['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, () => undefined]),
) as unknown as Logger

/**
 * Runs `fn` with a started kernel, stops it, and makes sure that nothing is left: no tap, service,
 * contribution, undo, scope or time limit. The kernel is silent unless the options have a logger.
 * @throws what `fn` throws; AggregateError of what failed while stopping; Error naming every leak
 */
export async function withKernel<T>(
  plugins: readonly PluginSource[],
  fn: (kernel: Kernel) => T | PromiseLike<T>,
  options: Omit<KernelOptions, 'plugins'> = {},
): Promise<T> {
  const all = { logger: silent, ...options, plugins }
  checkOptions(all)
  const kernel = new SpellKernel(all)
  try {
    await kernel.start()
    return await fn(kernel)
  } finally {
    await stopClean(kernel)
  }
}

async function stopClean(kernel: SpellKernel): Promise<void> {
  const failures = await kernel.stop('end of test')
  if (failures.length > 0) throw new AggregateError(failures, 'Stopping the kernel failed.')
  const leaks = [...kernel.leaks()]
  if (armedLimits() > 0) leaks.push(`${armedLimits()} time limits are still running`)
  if (leaks.length > 0) throw new Error(`The kernel left over: ${leaks.join('; ')}.`)
}
