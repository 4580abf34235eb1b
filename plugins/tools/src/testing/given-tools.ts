import { SpellError } from '@llmspell/sdk'
import type { Tool, ToolCall, ToolItem, Value } from '@llmspell/sdk'
import type { GivenTool } from './fake-host.ts'

type Execute = (input: never, call: ToolCall) => unknown

/** A tool that takes any object and does what it is told. */
export function given(execute: Execute, item: Partial<ToolItem> = {}): GivenTool {
  const common = { description: 'A tool of the tests.', category: 'test', effect: 'pure' } as const
  return { item: { ...common, input: { type: 'object' }, ...item }, tool: { execute } as Tool }
}

const echoInput = {
  type: 'object',
  properties: {
    text: { type: 'string', description: 'What to say.' },
    times: { type: 'integer', default: 1, minimum: 1, description: 'How often.' },
  },
  required: ['text', 'times'],
  additionalProperties: false,
}

/** Says a text some times. */
export const echo = given(
  ({ text, times }: { text: string; times: number }) => ({ result: text.repeat(times) }),
  { input: echoInput, tags: ['words'], category: 'text', description: 'Says a text again.' },
)

/** Reports or raises by the code it is given. */
export const judge = given(
  ({ code }: { code: string }) => {
    throw new SpellError(code, `It is '${code}'.`, { hint: 'Try another.', details: { code } })
  },
  { reports: ['BAD_INPUT'] },
)

/** Waits until it is cancelled, and remembers that it was. */
export function sleeper(seen: { running: boolean; cancelled: boolean }): GivenTool {
  return given(
    (_input: Value, call) =>
      new Promise((_resolve, reject) => {
        seen.running = true
        call.signal.addEventListener('abort', () => {
          seen.cancelled = true
          reject(new Error('woken'))
        })
      }),
  )
}

/** Gives as many chunks as it is asked for, and remembers how many it got rid of. */
export function counter(seen: { count: number }): GivenTool {
  return given(
    async ({ to }: { to: number }, call) => {
      for (let i = 1; i <= to; i++) {
        call.progress(i, to)
        await call.emit({ type: 'text', text: `${i} ` })
        seen.count = i
      }
      return { result: { to }, text: `counted to ${to}`, operation: 'count' }
    },
    { streams: true },
  )
}
