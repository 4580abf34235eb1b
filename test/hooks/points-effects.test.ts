// What each answer at each intercept makes of an operation, in both languages.
import type { Value } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHooks, type HookHouse } from './house.ts'
import { OPERATIONS } from './points-effects.ts'
import type { Effect, Operation } from './points-operations.ts'

let hooks: HookHouse
beforeAll(async () => {
  hooks = await openHooks()
})
afterAll(() => hooks.house.kernel.stop())

const OWNERS = ['tools', 'models', 'agents', 'workflows']

test('every answer of every intercept has its effect', () => {
  const points = hooks.house.kernel.hooks.list()
  const owned = points.filter(({ kind, owner }) => kind === 'intercept' && OWNERS.includes(owner))
  const taken = owned.flatMap(({ name, results }) => results.map((result) => `${name} ${result}`))
  const shown = Object.entries(OPERATIONS).flatMap(([name, { effects }]) =>
    Object.keys(effects).map((result) => `${name} ${result}`),
  )
  expect(taken.filter((each) => !shown.includes(each))).toEqual([])
  const extra = shown.filter((each) => !taken.includes(each))
  expect(extra).toEqual(['workflow.step skipped'])
})

const lua = (point: string, { before, does }: Operation, answer: string): string => `
  local called = 0
  ${before?.[0] ?? ''}
  Hook.register('${point}', function(ctx) called = called + 1; ${answer} end)
  local ok, r = pcall(function() ${does[0]} end)
  local value = r
  if not ok then value = r.code end
  return { value, called }`

const javascript = (point: string, { before, does }: Operation, answer: string): string => `
  let called = 0
  ${before?.[1] ?? ''}
  await Hook.register('${point}', (ctx) => { called++; ${answer} })
  let value
  try { value = await (async () => { ${does[1]} })() } catch (error) { value = error.code }
  return [value, called]`

const ROWS = Object.entries(OPERATIONS).flatMap(([point, operation]) =>
  Object.entries(operation.effects).map(
    ([result, effect]): readonly [string, string, Operation, Effect] => [
      point,
      result,
      operation,
      effect,
    ],
  ),
)

describe.each(['lua', 'javascript'] as const)('in %s', (language) => {
  test.each(ROWS)('%s takes %s', async (point, result, operation, { answer, wants, calls }) => {
    const write = language === 'lua' ? lua : javascript
    const written = write(point, operation, answer[language === 'lua' ? 0 : 1])
    const source = written.replaceAll('KEY', `${language} ${point} ${result}`)
    const came = await hooks.run(language, source)
    expect(came).toMatchObject({ log: [] })
    const [value, called] = came.value as readonly Value[]
    // The mock says more than one word, and nothing else names it.
    const short = JSON.stringify(value).includes('offline mock') ? 'mock/demo' : value
    expect(short).toEqual(wants)
    expect(called).toBe(calls ?? 1)
  })
})
