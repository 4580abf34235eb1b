import { SpellError, toErrorRecord } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { secretModule } from './module.ts'
import type { NamedSecrets } from './service.ts'

const untouched = new Proxy({} as NamedSecrets, {
  get: (_, key) => {
    throw new Error(`The replay asked for '${String(key)}'.`)
  },
})
const get = (recorded: object) => {
  const handle = (_type: string, _object: object, fields: object): object => fields
  const context = { durable: { mode: 'replay' }, recorded, handle }
  return secretModule(untouched).functions['get']!({ args: ['env:XX'], context } as never)
}

test('a replay asks no source for what stands in the journal', async () => {
  expect(await get({ ok: true, value: null })).toMatchObject({
    name: 'env:XX',
    text: 'secret:env:XX',
  })
  const error = toErrorRecord(new SpellError('SECRET_UNKNOWN', 'no'))
  await expect(get({ ok: false, error })).rejects.toMatchObject({ code: 'SECRET_UNKNOWN' })
})
