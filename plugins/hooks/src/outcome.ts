import { isTable } from './payload.ts'
import type { Table } from './payload.ts'

/** What a replaced result looks like at the points where results are shown, as their owners read it. */
const SHOWN: Readonly<Record<string, (result: unknown, data: Table) => Table>> = {
  'tool.output': (result) => {
    const output = isTable(result) && 'result' in result ? result : { result }
    return { output: { text: textOf(output['result']), ...output } }
  },
  'llm.response': (result, { answer }) => {
    const { usage, model, provider } = isTable(answer) ? answer : {}
    const parts = isTable(result) ? result : { text: textOf(result) }
    const empty = { text: '', reasoning: '', toolCalls: [], invalidCalls: [] }
    return { answer: { ...empty, ...parts, usage, model, provider } }
  },
  'agent.output': (result) => {
    const data = typeof result === 'string' ? undefined : result
    return { text: textOf(result), data }
  },
  'workflow.output': (result) => ({ output: result, text: textOf(result) }),
}

/** The data of a point with another result; undefined where the point shows no result. */
export function withResult(point: string, data: unknown, result: unknown): unknown {
  const shown = Object.hasOwn(SHOWN, point) ? SHOWN[point] : undefined
  return shown && isTable(data) ? { ...data, ...shown(result, data) } : undefined
}

/** What hooks made of a shown result: a text that was left alone follows from the new output. */
export function withoutOldText(point: string, shown: unknown, made: unknown): unknown {
  if (point !== 'workflow.output' || !isTable(shown) || !isTable(made)) return made
  if (made['text'] !== shown['text']) return made
  const { text: _text, ...rest } = made
  return rest
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
