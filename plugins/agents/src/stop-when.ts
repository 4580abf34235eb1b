import type { HostCallback, Value } from '@llmspell/sdk'
import type { CallRow } from './result.ts'
import type { Answer } from './step.ts'
import { notGranted } from './toolbox.ts'
import type { Toolbox } from './toolbox.ts'
import type { Turn } from './turn.ts'

/** When an execution ends before its model does. */
export type StopWhen =
  | HostCallback
  | {
      readonly tool?: string
      /** `*` stands for anything. */
      readonly text?: string
    }

/** @throws TOOL_NOT_FOUND for a tool that is not among those that the model has */
export function checkStopWhen(agent: string, rule: StopWhen | undefined, box: Toolbox): void {
  if (typeof rule !== 'object' || rule.tool === undefined || box.has(rule.tool)) return
  throw notGranted(agent, rule.tool, box)
}

/** Looks for the parts of a pattern one behind the other: linear, whatever the script wrote. */
export function hasText(text: string, pattern: string): boolean {
  let from = 0
  for (const part of pattern.split('*')) {
    const at = text.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return true
}

/** True where the text alone says so: then the tools that were asked for are not run. */
export function stopsBeforeTools({ parts: { config } }: Turn, { text }: Answer): boolean {
  const rule = config.stop_when
  return typeof rule === 'object' && rule.text !== undefined && hasText(text, rule.text)
}

/** True where the step as a whole says so. @throws what the function of the script throws */
export async function stopsAfterTools(
  turn: Turn,
  { text }: Answer,
  rows: readonly CallRow[],
): Promise<boolean> {
  const rule = turn.parts.config.stop_when
  if (rule === undefined) return false
  if (typeof rule === 'object')
    return rows.some(({ name, error }) => name === rule.tool && error === undefined)
  const { agent, ask } = turn.parts
  const { number, usage, cost } = turn.record.steps.at(-1)!
  const step = { number, text, agent: agent.name, tool_calls: rows, usage, cost }
  return (await ask.stop.race(rule(step as unknown as Value))) === true
}
