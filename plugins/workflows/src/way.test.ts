import { cancel, modify, replace, retry, SpellError } from '@llmspell/sdk'
import type { Value, Verdict } from '@llmspell/sdk'
import { expect, describe, test } from 'vitest'
import type { Points } from './house.ts'
import { FakeContext } from './testing/fake-context.ts'
import { execute, fakeHouse } from './testing/fake-house.ts'
import type { WorkflowStepEntered, WorkflowStepOutput } from './types.ts'

type Taps = { readonly [name in keyof Points]?: (facts: never) => Verdict | undefined | void }

/** Points that are answered by functions. */
function pointsOf(taps: Taps): Partial<Points> {
  const entries = Object.entries(taps).map(([name, tap]) => {
    const call = (data: never) => {
      const said = tap(data)
      if (said?.type === 'modify') return { data: said.data, changed: true }
      return { data, changed: false, ...(said ? { verdict: { ...said, by: 'tester' } } : {}) }
    }
    return [name, { name: `workflow.${name}`, used: true, call: async (d: never) => call(d) }]
  })
  return Object.fromEntries(entries) as Partial<Points>
}

const WORK = { name: 'a', tool: 'work', input: { n: '{{input.n}}' } }

/** A workflow of one step, or these, and how often its tool was called. */
async function ran(taps: Taps, steps: readonly object[] = [WORK], failures = 0) {
  const inputs: Value[] = []
  const run = new FakeContext(async ({ args }) => {
    inputs.push(args[1] as Value)
    if (inputs.length <= failures) throw new SpellError('HTTP_FAILED', 'Lost.')
    return { result: inputs.length, text: String(inputs.length) }
  })
  const house = fakeHouse(['work'], pointsOf(taps))
  const definition = { name: 's', type: 'sequential', steps }
  const work = execute(run, definition, { n: 1 }, house)
  const result = await work.catch((error: SpellError) => error)
  return { inputs, result }
}

describe('workflow.start', () => {
  test('changes the input', async () => {
    const { inputs } = await ran({
      start: (facts: object) => modify({ ...facts, input: { n: 2 } }),
    })
    expect(inputs).toEqual([{ n: 2 }])
  })

  test('gives the result, or cancels: no step runs', async () => {
    const given = await ran({ start: () => replace('mine') })
    expect(given).toMatchObject({
      inputs: [],
      result: { success: true, result: 'mine', metadata: { replaced_by: 'tester', steps: 0 } },
    })
    const { inputs, result } = await ran({ start: () => cancel('no') })
    expect({ inputs, result }).toMatchObject({ inputs: [], result: { code: 'HOOK_CANCELLED' } })
  })
})

describe('workflow.step', () => {
  test('sees the input and changes it; what it gives is no template', async () => {
    const seen: unknown[] = []
    const { inputs } = await ran({
      step: (facts: WorkflowStepEntered) => {
        seen.push(facts.input)
        return modify({ ...facts, input: { n: '{{input.n}}' } })
      },
    })
    expect([seen, inputs]).toEqual([[{ n: 1 }], [{ n: '{{input.n}}' }]])
  })

  test('gives no input to what takes none', async () => {
    const steps = [{ name: 'f', run: async () => ({ value: 1 }) }]
    const { result } = await ran({ step: (facts: object) => modify({ ...facts, input: 1 }) }, steps)
    expect(result).toMatchObject({ details: { error: { code: 'HOOK_RESULT_INVALID' } } })
  })

  test('gives the output, marked, or skips', async () => {
    const given = await ran({ step: () => replace({ x: 1 }) })
    expect(given).toMatchObject({
      inputs: [],
      result: { outputs: { a: { x: 1 } }, steps: [{ replaced_by: 'tester' }] },
    })
    const skipped = await ran({ step: () => replace({ status: 'skipped' }) })
    expect(skipped).toMatchObject({ inputs: [], result: { steps: [{ status: 'skipped' }] } })
  })
})

describe('workflow.output', () => {
  test('changes and replaces what a step gave', async () => {
    const changed = await ran({
      output: (facts: WorkflowStepOutput) => modify({ ...facts, output: 7 }),
    })
    expect(changed.result).toMatchObject({ outputs: { a: 7 }, steps: [{ text: '7' }] })
    const replaced = await ran({ output: () => replace('b') })
    expect(replaced.result).toMatchObject({ outputs: { a: 'b' }, steps: [{ text: 'b' }] })
  })

  test('has it done again, so often and no more', async () => {
    expect((await ran({ output: () => retry() })).inputs).toHaveLength(3)
    const once = ({ attempt }: WorkflowStepOutput) => (attempt === 1 ? retry() : undefined)
    expect((await ran({ output: once })).result).toMatchObject({ outputs: { a: 2 } })
    expect((await ran({ step: () => replace(1), output: () => retry() })).inputs).toEqual([])
  })
})

describe('workflow.error', () => {
  test('has it done again, or gives the output', async () => {
    const again = await ran({ error: () => retry() }, [WORK], 2)
    expect(again.result).toMatchObject({ success: true, outputs: { a: 3 } })
    const used = await ran({ error: () => replace('b') }, [WORK], 99)
    expect(used.result).toMatchObject({
      success: true,
      outputs: { a: 'b' },
      steps: [{ status: 'completed', replaced_by: 'tester' }],
    })
    const { inputs, result } = await ran({ error: () => retry({ maxAttempts: 2 }) }, [WORK], 99)
    expect([inputs.length, result]).toMatchObject([2, { code: 'WORKFLOW_FAILED' }])
  })

  test('is not asked about what a hook decided', async () => {
    const asked: unknown[] = []
    const taps = { step: () => cancel('no'), error: (facts: object) => void asked.push(facts) }
    expect((await ran(taps)).result).toMatchObject({ code: 'WORKFLOW_FAILED' })
    expect(asked).toEqual([])
  })
})

test('workflow.transition tells of each step, and which came before', async () => {
  const seen: unknown[] = []
  const transition = ({ from, to }: { from?: string; to: string }) => void seen.push([from, to])
  await ran({ transition }, [WORK, { ...WORK, name: 'b' }])
  expect(seen).toEqual([
    [undefined, 'a'],
    ['a', 'b'],
  ])
})
