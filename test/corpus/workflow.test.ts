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

interface Thrown {
  readonly code: string
  readonly details?: { readonly problems?: readonly { readonly path: string }[] }
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
    const made = context.call('Workflow', type, [{ name: 'bad', ...definition }])
    const error = (await made.catch((thrown: unknown) => thrown)) as Thrown
    expect(error.code).toBe(code ?? 'WORKFLOW_INVALID')
    const places = error.details?.problems?.map((problem) => problem.path) ?? []
    expect(places.includes(path ?? '')).toBe(path !== undefined)
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
    const error = (await made.catch((thrown: unknown) => thrown)) as Thrown
    const paths = new Set(error.details?.problems?.map(({ path }) => path))
    expect(paths).toEqual(new Set(['steps[0].tool', 'steps[1].input.expression', 'steps[1].name']))
  })
})
