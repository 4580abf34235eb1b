import type { Value } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostPlugin, inRun } from '../support/host.ts'
import { openHouse, type House } from '../support/kernel.ts'
import { PLUGINS } from './rows.ts'

let house: House
beforeAll(async () => {
  house = await openHouse(PLUGINS, [hostPlugin])
})
afterAll(() => house[Symbol.asyncDispose]())

const run = (definition: object, input?: Value): Promise<unknown> =>
  inRun(house, (context) => context.call('Workflow', 'run', [definition, input ?? null]))

const add = { name: 'add', tool: 'calculator', input: { expression: '{{input.n}} + 1' } }

describe('a definition of plain data', () => {
  test('is built and executed, its agents and inner workflows too', async () => {
    const inner = {
      name: 'inner',
      type: 'loop',
      collection: '{{input}}',
      steps: [{ name: 'one', tool: 'calculator', input: { expression: '{{item}} * 2' } }],
    }
    const steps = [
      add,
      { name: 'poet', agent: { name: 'p', model: 'mock/echo' }, input: 'n={{steps.add.text}}' },
      { name: 'map', workflow: inner, input: [1, 2] },
    ]
    const result = await run({ name: 'w', type: 'sequential', steps }, { n: 41 })
    expect(result).toMatchObject({
      success: true,
      outputs: { poet: 'n=42', map: [{ value: 2 }, { value: 4 }] },
    })
  })

  test('leaves no workflow behind', async () => {
    await inRun(house, async (context) => {
      await context.call('Workflow', 'run', [
        { name: 'w', type: 'sequential', steps: [add] },
        { n: 1 },
      ])
      expect(await context.call('Workflow', 'list', [])).toEqual([])
    })
  })

  test('is refused before an agent of it is made', async () => {
    await inRun(house, async (context) => {
      const steps = [
        { name: 'a', agent: { name: 'made' }, input: 'x' },
        { name: 'a', tool: 'nothing' },
      ]
      const ran = context.call('Workflow', 'run', [{ name: 'w', type: 'sequential', steps }])
      await expect(ran).rejects.toMatchObject({ code: 'WORKFLOW_INVALID' })
      expect(await context.call('Agent', 'exists', ['made'])).toBe(false)
    })
  })

  test('ends where its budget does', async () => {
    const ask = (name: string) => ({ name, agent: { name, model: 'mock/echo' }, input: 'Hello' })
    const definition = {
      name: 'w',
      type: 'sequential',
      budget: { max_steps: 1 },
      steps: [ask('a'), ask('b')],
    }
    await expect(run(definition)).rejects.toMatchObject({
      code: 'WORKFLOW_FAILED',
      details: { step: 'b', error: { code: 'BUDGET_EXCEEDED', details: { who: "workflow 'w'" } } },
    })
  })
})
