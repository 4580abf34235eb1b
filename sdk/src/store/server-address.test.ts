import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import type { Secrets } from '../contracts/secrets.ts'
import { serverAddress } from './server-address.ts'

const NAME = 'LLMSPELL_TEST_SERVER'
const KIND = { name: 'postgres', schemes: ['postgres:'], secrets: undefined }
afterEach(() => delete process.env[NAME])

describe('the address of a server', () => {
  test.each([
    ['postgres://db.example.com/x', 'auto', true],
    ['postgres://localhost/x', 'auto', false],
    ['postgres://127.0.0.9:5433/x', 'auto', false],
    ['postgres://[::1]/x', 'auto', false],
    ['postgres://128.0.0.1/x', 'auto', true],
    ['postgres:///x?host=/run/postgresql', 'auto', false],
    ['postgres://localhost/x', 'on', true],
    ['postgres://db.example.com/x', 'off', false],
  ] as const)('%s with tls %s: encrypted is %j', async (url, tls, encrypted) => {
    const { tls: found } = await serverAddress({ url, tls }, KIND)
    expect(found?.rejectUnauthorized ?? false).toBe(encrypted)
  })

  test.each(['', 'pass#word', 'http://u:pass#word@host', 'env:LLMSPELL_TEST_NOTHING'])(
    '%j is refused, and not repeated',
    async (url) => {
      const error: unknown = await serverAddress({ url, tls: 'auto' }, KIND).catch((e) => e)
      expect(error).toMatchObject({ code: 'STATE_UNAVAILABLE' })
      expect(inspect(error)).not.toContain('pass#word')
    },
  )

  test('without one it is said where to write it', async () => {
    await expect(serverAddress({ tls: 'auto' }, KIND)).rejects.toMatchObject({
      hint: "Write it at 'plugins.store-postgres.url' of your own config.",
    })
  })

  test('a password comes from a variable, and is in no text', async () => {
    process.env[NAME] = 'hidden/word'
    const config = { url: 'postgres://u@db:5432/x', password: `env:${NAME}`, tls: 'auto' } as const
    const found = await serverAddress(config, KIND)
    expect(found.password).toBe('hidden/word')
    expect(found.shown).toBe('db:5432')
  })

  test('a secret is asked for by exactly its name, for exactly this server', async () => {
    const asked: unknown[] = []
    const reveal: Secrets['reveal'] = async (name, { grants }, use) => {
      asked.push(name, grants, use)
      return 'value'
    }
    const config = { url: 'postgres://db:5432/x', password: 'secret:pw', tls: 'auto' } as const
    const secrets: Secrets = { reveal, list: async () => [] }
    await serverAddress(config, { ...KIND, secrets })
    const grants = [{ holder: 'plugin store-postgres', allow: { secret: ['pw'] } }]
    expect(asked).toEqual(['pw', grants, { origin: 'https://db:5432' }])
  })
})
