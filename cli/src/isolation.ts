import type { Isolation } from '@llmspell/sdk'

/**
 * Where `run`, `exec` and `demo` run a script unless `--isolation` says it. `inline` starts fastest
 * and suits scripts you trust as much as any program you start; `worker` adds a thread that can be
 * ended whatever the script does.
 */
export const DEFAULT_ISOLATION: Isolation = 'inline'
