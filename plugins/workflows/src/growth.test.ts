import type { HostCallback, Value, WorkflowScope } from '@llmspell/sdk'
import { KeptTables, REF } from '@llmspell/sdk'
import type { GrownTable } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { FakeContext } from './testing/fake-context.ts'
import { execute } from './testing/fake-house.ts'

interface Call {
  readonly after: number
  readonly names: readonly string[]
  readonly seen: readonly string[]
}

/** A function as an engine has it that keeps the steps, and what it was sent. */
function keeping(calls: Call[], tables = new KeptTables(), forgets = () => false): HostCallback {
  const fn = async (given: Value): Promise<Value> => {
    const table = (given as unknown as WorkflowScope).steps as unknown as GrownTable
    if ((table.after !== 0 && forgets()) || !tables.grow(table))
      return { [REF]: 'written', again: true }
    const seen = [...tables.entries(table.of).keys()]
    calls.push({ after: table.after, names: Object.keys(table.set), seen })
    return { [REF]: 'written', value: calls.length, vars: {} }
  }
  return Object.assign(fn, { keeps: 'steps' })
}

const sequence = (run: HostCallback, count: number) => ({
  name: 'many',
  type: 'sequential',
  steps: Array.from({ length: count }, (_, i) => ({ name: `s${i}`, run })),
})

test('each call brings what has come since the one before', async () => {
  const calls: Call[] = []
  await execute(new FakeContext(), sequence(keeping(calls), 40))
  expect(calls.map(({ names }) => names.length)).toEqual([
    0,
    ...Array.from({ length: 39 }, () => 1),
  ])
  expect(calls.at(-1)!.seen).toEqual(Array.from({ length: 39 }, (_, i) => `s${i}`))
})

test('who has forgotten gets the whole, and runs once', async () => {
  const calls: Call[] = []
  let asked = 0
  const result = await execute(
    new FakeContext(),
    sequence(
      keeping(calls, new KeptTables(), () => ++asked === 3),
      5,
    ),
  )
  expect(calls.map(({ after }) => after === 0)).toEqual([true, false, false, true, false])
  expect(calls[3]!.names).toEqual(['s0', 's1', 's2'])
  expect(result.result).toBe(5)
})

test('a long loop does not keep the names of all its rounds', async () => {
  const calls: Call[] = []
  const run = keeping(calls)
  const loop = { name: 'l', type: 'loop', range: { from: 1, to: 300 }, collect: 'none' }
  await execute(new FakeContext(), {
    ...loop,
    steps: [
      { name: 'a', run },
      { name: 'b', run },
    ],
  })
  expect(calls).toHaveLength(600)
  expect(calls.at(-1)!.seen.toSorted()).toEqual(['a', 'b'])
})

test('a function of the host sees all steps, and what it writes into vars stays', async () => {
  const run = async (given: Value): Promise<Value> => {
    const { steps, vars } = given as unknown as WorkflowScope
    Object.assign(vars, { count: Object.keys(steps).length })
    return null
  }
  const steps = [
    { name: 'a', run },
    { name: 'b', run },
    { name: 'c', run: async (c: Value) => (c as never)['vars'] as Value },
  ]
  const result = await execute(new FakeContext(), { name: 'h', type: 'sequential', steps })
  expect(result.result).toEqual({ count: 1 })
})

test('what is no plain data is refused of a function of the host', async () => {
  const run = async (): Promise<Value> => new Date() as never
  const work = execute(new FakeContext(), {
    name: 'h',
    type: 'sequential',
    steps: [{ name: 'a', run }],
  })
  await expect(work).rejects.toMatchObject({ details: { error: { code: 'VALUE_UNSUPPORTED' } } })
})
