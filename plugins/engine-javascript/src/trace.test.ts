import { openEngineHost } from '@llmspell/sdk/testing'
import { expect, it } from 'vitest'
import { engine } from './index.ts'

async function traceOf(source: string): Promise<readonly string[]> {
  const { session } = await openEngineHost(engine, 'main.js')
  const error: unknown = await session.run({ source, file: 'main.js' }).catch((e: unknown) => e)
  return (error as { trace: string }).trace.split('\n')
}

it('a trace keeps the two ends of a stack that overflowed', async () => {
  const trace = await traceOf('function f() {\n  f()\n}\nf()')
  expect(trace).toHaveLength(17)
  expect(trace[11]).toContain('at f (main.js:2:')
  expect(trace[12]).toBe('...')
  expect(trace[16]).toContain('(main.js:4:')
})

it('a trace of 20 frames is whole', async () => {
  const source = 'function f(n) {\n  if (n === 0) throw new Error("x")\n  f(n - 1)\n}\nf(18)'
  expect(await traceOf(source)).toHaveLength(20)
})
