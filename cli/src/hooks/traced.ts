import type { Kernel } from '@llmspell/kernel'
import type { Config } from '../config.ts'
import type { Parsed } from '../parse.ts'
import type { Stage } from '../stage.ts'

const PLUGIN = 'hook-debug'

/** The config, with traces switched on where the flag says so. */
export function traced(config: Config, { flags }: Parsed): Config {
  if (flags['trace'] === undefined) return config
  const section = { ...config.plugins?.[PLUGIN], enabled: true }
  return { ...config, plugins: { ...config.plugins, [PLUGIN]: section } }
}

/** Runs, and shows the trace at the end where the flag says so. */
export async function tracing(
  stage: Stage,
  kernel: Kernel,
  run: () => Promise<void>,
): Promise<void> {
  if (stage.parsed.flags['trace'] === undefined) return run()
  const { withTrace } = await import('./trace.ts')
  return withTrace(stage, kernel, run)
}
