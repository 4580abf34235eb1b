import {
  definePlugin,
  globMatcher,
  SpellError,
  type Audit,
  type HookPointInfo,
  type Logger,
} from '@llmspell/sdk'
import type { HookAuditConfig } from './generated/config.ts'
import { lineOf } from './line.ts'

export type * from './types.ts'

/** Behind all that may change something. */
const STAGE = 1000
/** Points whose taps change nothing. */
const TOLD: ReadonlySet<string> = new Set(['observe', 'series', 'notify'])

/** The plugin `hook-audit`: lines in the audit for what hook points tell. */
export default definePlugin<HookAuditConfig>({
  setup(ctx) {
    const { enabled, points } = ctx.config
    const pending = new Set<Promise<void>>()
    const settled = async (): Promise<void> => void (await Promise.all(pending))
    ctx.provide('audit-lines', { settled })
    if (!enabled) return
    const hooks = ctx.use('hooks')
    const runtime = ctx.find('script-runtime')
    const redact = (text: string, runId: string): string =>
      runtime?.about(runId)?.redact(text) ?? text
    ctx.defer(settled)
    const write = writer(ctx.use('audit'), ctx.logger)
    for (const info of chosen(hooks.list(), points)) {
      const tap = (payload: unknown): void => {
        const line = lineOf(info, payload, redact)
        if (!line) return
        const written = write(line).finally(() => pending.delete(written))
        pending.add(written)
      }
      hooks.tap(info.name as never, tap as never, { stage: STAGE })
    }
  },
})

/** Never rejects: what happened has happened, and whoever listens is told. */
function writer(
  audit: Audit,
  logger: Logger,
): (line: Parameters<Audit['record']>[0]) => Promise<void> {
  let told = false
  return async (line) => {
    try {
      await audit.record(line)
    } catch (error) {
      if (!told) logger.error(`Hook events cannot be audited: ${(error as Error).message}`)
      told = true
    }
  }
}

/** @throws HOOK_UNKNOWN for a pattern that means no point that tells */
function chosen(
  all: readonly HookPointInfo[],
  patterns: readonly string[],
): readonly HookPointInfo[] {
  const rules = patterns.map((pattern) => {
    const out = pattern.startsWith('!')
    return { pattern, out, fits: globMatcher(out ? pattern.slice(1) : pattern) }
  })
  // The audit has these already.
  const told = all.filter(({ kind, name }) => TOLD.has(kind) && !name.startsWith('permission.'))
  const idle = rules.find(({ out, fits }) => !out && !told.some(({ name }) => fits(name)))
  if (idle && told.length > 0) throw unknown(idle.pattern)
  return told.filter(({ name }) => rules.findLast(({ fits }) => fits(name))?.out === false)
}

function unknown(pattern: string): SpellError {
  const text = `plugins.hook-audit.points: '${pattern}' means no hook point that tells what happened.`
  return new SpellError('HOOK_UNKNOWN', text, {
    hint: 'Name points of kind observe, series or notify: llmspell hooks list',
  })
}
