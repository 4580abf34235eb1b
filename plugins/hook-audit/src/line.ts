import { hookFacts, scrubbedText, type Audit, type HookPointInfo } from '@llmspell/sdk'

type Line = Parameters<Audit['record']>[0]

/** Failures that somebody decided, rather than those that happened. */
const DECIDED: ReadonlySet<string> = new Set([
  'HOOK_CANCELLED',
  'PERMISSION_DENIED',
  'BUDGET_EXCEEDED',
])
const LONGEST = 200

/**
 * The line of the audit for what a point tells: what was refused counts as denied, all else as allowed, and `by` says how
 * it ended. Names only, nothing of what was handed in or given back.
 * @param redact hides what the run hides
 */
export function lineOf(
  { name, subject }: HookPointInfo,
  payload: unknown,
  redact: (text: string, runId: string) => string,
): Line | undefined {
  const { runId, component = '', ok, code } = hookFacts(payload, subject)
  if (runId === undefined) return undefined
  const { seq, caller, actor, agent } = payload as Readonly<Record<string, unknown>>
  const who = caller ?? actor ?? (name === 'script.done' ? undefined : agent)
  const clean = (text: string): string => scrubbedText(redact(text, runId), LONGEST)
  const ended = ok === false ? `failed${code === undefined ? '' : ` with ${clean(code)}`}` : 'done'
  return {
    run: runId,
    seq: typeof seq === 'number' ? seq : 0,
    actors: [typeof who === 'string' ? clean(who) : 'script'],
    subject: `Hook point '${name}'`,
    permission: name,
    target: clean(component),
    outcome: code !== undefined && DECIDED.has(code) ? 'denied' : 'allowed',
    by: `plugin hook-audit: ${ended}`,
    labels: [],
  }
}
