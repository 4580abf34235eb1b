// Every point of every plugin, with every answer that it takes: the table is made from what the catalogue says.
import type { Value } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BEYOND, DRIVERS } from './drivers.ts'
import { openHooks, type HookHouse } from './house.ts'

let hooks: HookHouse
let rows: readonly Row[]

interface Row {
  readonly name: string
  readonly results: readonly string[]
  readonly of_run: boolean
  readonly aliases: readonly string[]
}

beforeAll(async () => {
  hooks = await openHooks()
  rows = (await hooks.run('lua', 'return Hook.points()')).value as unknown as readonly Row[]
})
afterAll(() => hooks.house.kernel.stop())

const WORDS: Readonly<Record<string, string>> = {
  continue: 'Hook.continue()',
  modify: 'Hook.modify(ctx.data)',
  cancel: "Hook.cancel('because')",
  replace: 'Hook.replace(ctx.data.result or ctx.data.output or {})',
  retry: 'Hook.retry{ max_attempts = 2 }',
  redirect: "Hook.redirect('other')",
  skip: 'Hook.skip()',
}

/** How an operation ends after an answer, where that is the same at every point. */
const ENDS = new Map<string, boolean | string>([
  ['continue', true],
  ['skip', true],
  ['modify', true],
  ['cancel', 'HOOK_CANCELLED'],
])

test('every point that a run can reach has a driver, and every driver a point', () => {
  const reachable = rows.filter(({ of_run: ofRun, name }) => ofRun && name !== 'custom:<name>')
  const named = new Set([...Object.keys(DRIVERS), ...Object.keys(BEYOND)])
  const bare = reachable.filter(({ name }) => !name.startsWith('stage.') && !named.has(name))
  expect(bare.map(({ name }) => name)).toEqual([])
  const known = new Set(reachable.map(({ name }) => name))
  expect([...named].filter((name) => !known.has(name))).toEqual([])
})

test('an alias stands for one point', () => {
  const all = rows.flatMap(({ name, aliases }) => (name.startsWith('stage.') ? [] : aliases))
  expect(all.filter((alias, index) => all.indexOf(alias) !== index)).toEqual([])
})

describe.each(Object.entries(DRIVERS))('%s', (name, driver) => {
  const only = driver.only ? `if not (${driver.only}) then return end` : ''

  test('calls its hook, which can answer all that the point takes', async () => {
    const row = rows.find((each) => each.name === name)!
    const names = [name, ...row.aliases]
    for (const result of row.results) {
      const source = `local called = 0
        ${driver.before ?? ''}
        for _, name in ipairs{ ${names.map((each) => `'${each}'`).join(', ')} } do
          Hook.register(name, function(ctx) ${only} called = called + 1; return ${WORDS[result]} end)
        end
        local ok, err = pcall(function() ${driver.lua} end)
        local wait = 0
        while called == 0 and wait < 50 do Async.sleep(20); wait = wait + 1 end
        return { called, ok, ok or err.code }`
      const came = await hooks.run('lua', source, driver.options)
      const { value, code } = came
      const log = came.log.filter((line) => !driver.logs?.test(line))
      const [called, ok, failed] = (value ?? [0, false, code]) as readonly Value[]
      const fixed = ENDS.has(result) && !(driver.fails && result !== 'cancel')
      const end = fixed ? ok || failed : undefined
      const told = result === 'cancel' ? (driver.cancelled ?? 'HOOK_CANCELLED') : ENDS.get(result)
      const wanted = fixed ? told : undefined
      expect({ result, called: Number(called) > 0, log, end }).toEqual({
        result,
        called: true,
        log: [],
        end: wanted,
      })
    }
  })

  test('refuses all that the point does not take', async () => {
    const row = rows.find((each) => each.name === name)!
    for (const [result, words] of Object.entries(WORDS)) {
      if (row.results.includes(result)) continue
      const source = `${driver.before ?? ''}
        local h = Hook.register('${name}', function(ctx) ${only} return ${words} end)
        pcall(function() ${driver.lua} end)
        local wait = 0
        while h:failures() == 0 and wait < 50 do Async.sleep(20); wait = wait + 1 end
        return h:failures()`
      const came = await hooks.run('lua', source, driver.options)
      expect({ result, failed: Number(came.value) > 0, message: came.message }).toEqual({
        result,
        failed: true,
        message: undefined,
      })
      expect(came.log.find((line) => !driver.logs?.test(line))).toMatch(/does not take/)
    }
  })
})
