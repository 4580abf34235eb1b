import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { House } from '../support/kernel.ts'
import { LANGUAGES, openStateful, ran } from './house.ts'
import { ROWS } from './rows.ts'

let house: House
beforeAll(async () => {
  house = await openStateful()
})
afterAll(() => house.kernel.stop())

describe.each(LANGUAGES)('State in %s', (language) => {
  test.each(ROWS)('$name', async ({ name, value, code, ...row }) => {
    const scope = `${language} ${ROWS.findIndex((each) => each.name === name)}`
    const before = language === 'lua' ? `local S = '${scope}'\n` : `const S = '${scope}'\n`
    const came = await ran(house, language, before + row[language])
    expect(came).toMatchObject(code === undefined ? { value } : { code })
  })
})
