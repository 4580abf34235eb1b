import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LANGUAGES, openHooks, type HookHouse, type Language } from './house.ts'
import { ANSWERS, REFUSALS, type Row } from './rows.ts'
import { RULES } from './rules.ts'

let hooks: HookHouse
beforeAll(async () => {
  hooks = await openHooks()
})
afterAll(() => hooks.house.kernel.stop())

async function check(language: Language, row: Row): Promise<void> {
  const source = language === 'javascript' ? row.javascript : row.lua
  const came = await hooks.run(
    language,
    source,
    language === 'fengari' ? { isolation: 'worker' } : {},
  )
  expect(came.code ?? came.message).toBe(row.code)
  const isTable = typeof row.value === 'object' && row.value !== null && !Array.isArray(row.value)
  if (isTable) expect(came.value).toMatchObject(row.value as object)
  else if (row.value !== undefined) expect(came.value ?? null).toEqual(row.value)
  expect(came.log).toHaveLength(row.log?.length ?? 0)
  row.log?.forEach((line, index) => expect(came.log[index]).toMatch(line))
}

describe.each(LANGUAGES)('a hook in %s', (language) => {
  test.each(ANSWERS)('$name', (row) => check(language, row))
  test.each(REFUSALS)('$name', (row) => check(language, row))
  test.each(RULES)('$name', (row) => check(language, row))
})
