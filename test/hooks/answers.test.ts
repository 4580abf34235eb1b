import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LANGUAGES, openHooks, type HookHouse, type Language } from './house.ts'
import { ANSWERS, REFUSALS, type Row } from './rows.ts'
import { RULES } from './rules.ts'

let hooks: HookHouse
beforeAll(async () => {
  hooks = await openHooks()
})
afterAll(() => hooks.house.kernel.stop())

/** How a row ended in a language. */
async function ended(language: Language, { lua, javascript }: Row): Promise<object> {
  const source = language === 'javascript' ? javascript : lua
  const options = language === 'fengari' ? { isolation: 'worker' as const } : {}
  const { value, code, log } = await hooks.run(language, source, options)
  return { value: value ?? null, code, log }
}

const expected = ({ value, code, log = [] }: Row): object => ({
  ...(value === undefined ? {} : { value }),
  code,
  log: log.map((line) => expect.stringMatching(line) as string),
})

describe.each(LANGUAGES)('a hook in %s', (language) => {
  test.each([...ANSWERS, ...REFUSALS, ...RULES])('$name', async (row) => {
    expect(await ended(language, row)).toMatchObject(expected(row))
  })
})
