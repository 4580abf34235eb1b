import { readFileSync } from 'node:fs'
import type { Value } from '@llmspell/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostPlugin, inRun } from '../support/host.ts'
import { openHouse, type House } from '../support/kernel.ts'
import { PLUGINS } from '../workflows/rows.ts'

interface Row {
  readonly name: string
  readonly type: string
  readonly definition: Readonly<Record<string, Value>>
  readonly code?: string
  readonly path?: string
}

const ROWS = JSON.parse(
  readFileSync(new URL('workflow.json', import.meta.url), 'utf8'),
) as readonly Row[]

let house: House
beforeAll(async () => {
  house = await openHouse(PLUGINS, [hostPlugin])
})
afterAll(() => house[Symbol.asyncDispose]())

test.each(ROWS)('$name is named before anything runs', async ({ type, definition, code, path }) => {
  await inRun(house, async (context) => {
    const given = { name: 'bad', ...definition }
    const made = context.call('Workflow', type, [given])
    const problems =
      path === undefined ? {} : { problems: [expect.objectContaining({ path }) as object] }
    const error = {
      code: code ?? 'WORKFLOW_INVALID',
      ...(path === undefined ? {} : { details: problems }),
    }
    await expect(made).rejects.toMatchObject(error)
    expect(await context.call('Workflow', 'list', [])).toEqual([])
  })
})

test('all that is wrong is said at once, each with its place', async () => {
  await inRun(house, async (context) => {
    const steps = [
      { name: 'a', tool: 'nothing' },
      { name: 'a', tool: 'calculator', input: { expression: '{{steps.b.output}}' } },
    ]
    const made = context.call('Workflow', 'sequential', [{ name: 'bad', steps }])
    const error = (await made.catch((thrown: unknown) => thrown)) as {
      details: { problems: Row[] }
    }
    const paths = error.details.problems.map(({ path }) => path)
    expect(paths.sort()).toEqual(['steps[0].tool', 'steps[1].input.expression', 'steps[1].name'])
  })
})
