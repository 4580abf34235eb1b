import { discover } from './discover.ts'
import { KERNEL_RECORD } from './kernel-record.ts'
import type { KernelOptions } from './options.ts'
import type { Plan } from './plan.ts'
import type { Found } from './record.ts'
import { resolve } from './resolve.ts'
import { hostedProblems } from './resolve-hosts.ts'
import { configProblems } from './resolve-warnings.ts'

/** Finds the plugins that the options name, and decides which of them may run. Runs none. */
export function planOf(options: KernelOptions): Plan {
  return planFor(discover(options), options)
}

/** Decides which of what was found may run, and says what is wrong with it and with the config's sections. */
export function planFor(found: Found, options: KernelOptions): Plan {
  const gone = new Set(found.rejected.map(({ id }) => id))
  const disabled = (options.disabled ?? []).filter((id) => !gone.has(id))
  const more = { disabled, kernel: KERNEL_RECORD }
  const plan = resolve(found.records, { ...options, ...more })
  const whole = { ...plan, rejected: [...found.rejected, ...plan.rejected] }
  const rows = found.rejected.flatMap(({ problems }) => problems)
  const before = [...found.problems, ...rows.filter(({ severity }) => severity === 'error')]
  const { config = {}, hosted = {} } = options
  const after = [...configProblems(config, whole), ...hostedProblems(hosted, whole)]
  return { ...whole, problems: [...before, ...plan.problems, ...after] }
}
