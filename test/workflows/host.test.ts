import type { WorkflowScope } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, type House } from '../support/kernel.ts'
import { durableHouse } from '../durable/house.ts'
import { PLUGINS } from './rows.ts'

let house: House
beforeAll(async () => {
  house = await openHouse(PLUGINS)
})
afterAll(() => house[Symbol.asyncDispose]())

const scopeOf = (given: unknown): WorkflowScope => given as WorkflowScope

describe('the service workflows', () => {
  test('runs functions of the host, tools and conditions without a script', async () => {
    const workflows = await house.kernel.use('workflows')
    const result = await workflows.run(
      {
        name: 'host',
        type: 'sequential',
        steps: [
          { name: 'sum', tool: 'calculator', input: { expression: '{{input.n}} + 1' } },
          {
            name: 'twice',
            run: async (ctx) => ({
              n: Number((scopeOf(ctx).steps['sum']!.output as { value: number }).value) * 2,
            }),
          },
          { name: 'never', when: async () => false, run: async () => 1 },
        ],
      },
      { n: 20 },
    )
    expect(result.outputs['twice']).toEqual({ n: 42 })
    expect(result.steps.map(({ status }) => status)).toEqual(['completed', 'completed', 'skipped'])
  })

  test('says all that is wrong at once, and what a function threw', async () => {
    const workflows = await house.kernel.use('workflows')
    const wrong = { name: 'w', type: 'sequential', steps: [{ name: 'a' }, { name: 'a' }] } as const
    await expect(workflows.run(wrong)).rejects.toMatchObject({ code: 'WORKFLOW_INVALID' })
    const run = (): Promise<never> => Promise.reject(new Error('no paper'))
    const failing = workflows.run({ name: 'f', type: 'sequential', steps: [{ name: 'a', run }] })
    await expect(failing).rejects.toMatchObject({ code: 'WORKFLOW_FAILED', details: { step: 'a' } })
  })

  test('keeps the limits of its run, and ends with its signal', async () => {
    const workflows = await house.kernel.use('workflows')
    const steps = [
      { name: 'a', tool: 'calculator', input: { expression: '1' } },
      { name: 'b', tool: 'calculator', input: { expression: '2' } },
    ]
    const definition = { name: 'l', type: 'sequential', steps } as const
    const short = workflows.run(definition, undefined, { limits: { calls: 2 } })
    await expect(short).rejects.toMatchObject({ details: { error: { code: 'BUDGET_EXCEEDED' } } })
    const stop = new AbortController()
    const run = (): Promise<never> => new Promise(() => stop.abort(new Error('enough')))
    const ended = workflows.run(
      { name: 'e', type: 'sequential', steps: [{ name: 'a', run }] },
      undefined,
      {
        signal: stop.signal,
      },
    )
    await expect(ended).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

test('a durable run has a record for each function, and one more where the definition asks', async () => {
  const { World } = await import('../durable/house.ts')
  await using durable = await durableHouse(new World())
  const kinds = async (checkpoint: string): Promise<string[]> => {
    const source = `local steps = {} for i = 1, 5 do steps[i] = { run = function(ctx) return i end } end
      return Workflow.sequential{ name = "c", checkpoint = "${checkpoint}", steps = steps }:execute().result`
    await durable.lua(source, { durable: { runId: checkpoint } })
    return (await durable.history(checkpoint)).map(({ kind }) => kind)
  }
  const step = await kinds('step')
  expect(step.filter((kind) => kind === 'callback')).toHaveLength(5)
  expect(step).not.toContain('mark')
  expect((await kinds('sync')).filter((kind) => kind === 'mark')).toHaveLength(5)
})
