import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import type { Access, GrantChain, PermissionNeed, Permissions, PermissionSet } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NamedSecrets } from './service.ts'
import { Vault } from './vault.ts'

const root = mkdtempSync(join(tmpdir(), 'secrets-'))
afterAll(() => rmSync(root, { recursive: true }))

/** Decides as the real one does: any deny, then every layer. Keeps what was required. */
class Decider implements Permissions {
  readonly required: PermissionNeed[] = []
  readonly decide: Permissions['decide'] = ({ permission, target }, { grants }) => {
    const has = (set: PermissionSet = {}): boolean =>
      (set[permission] ?? []).some((rule) => rule === target || rule === '*')
    const rest = { holder: 'test', reason: 'test', hint: 'test' }
    if (grants.some(({ deny }) => has(deny))) return { allowed: false, rule: target, ...rest }
    if (grants.length > 0 && grants.every(({ allow }) => has(allow)))
      return { allowed: true, holder: 'test', rule: target }
    return { allowed: false, ...rest }
  }
  async require(need: PermissionNeed, access: Access): Promise<void> {
    this.required.push(need)
    if (!this.decide(need, access).allowed) throw new SpellError('PERMISSION_DENIED', 'no')
  }
  mark(): void {}
  labels(): ReadonlySet<'private'> {
    return new Set()
  }
}

const vault = new Vault(join(root, 'file', 'secrets.json'), undefined)
beforeAll(async () => {
  writeFileSync(join(root, '.env'), 'OWN=from-dotenv\nBOTH=from-dotenv\nbad line\n')
  await vault.set('github', { value: 'ghp_value', hosts: ['api.github.com'] })
  await vault.set('free', { value: 'free_value' })
})

function house(
  ...layers: readonly (PermissionSet | { allow: PermissionSet; deny: PermissionSet })[]
) {
  const permissions = new Decider()
  const env = new Map([
    ['BOTH', 'from-env'],
    ['LLMSPELL_SECRETS_PASSPHRASE', 'hidden'],
  ])
  const secrets = new NamedSecrets({ permissions, env, dotenv: true, vault })
  const grants = layers.map((layer) => ({
    holder: 'test',
    ...('deny' in layer ? (layer as { allow: PermissionSet }) : { allow: layer as PermissionSet }),
  })) as GrantChain
  const concealed: [string, string][] = []
  const run = { conceal: (...pair: [string, string]) => void concealed.push(pair) }
  const access = { subject: 'Test', grants, root, run } as unknown as Access
  const reveal = (name: string, origin?: string): Promise<string> =>
    secrets.reveal(name, access, origin === undefined ? {} : { origin })
  return { secrets, access, permissions, concealed, reveal }
}

const denied = { code: 'PERMISSION_DENIED' }

describe('a value', () => {
  test.each(['free', 'secret:free'])('of the file, as %s', async (name) => {
    const { reveal, concealed, permissions } = house({ secret: ['free'] })
    expect(await reveal(name)).toBe('free_value')
    expect(concealed).toEqual([['free_value', 'secret:free']])
    expect(permissions.required).toEqual([{ permission: 'secret', target: 'free' }])
  })

  test('of a variable, of .env, and the variable where both have it', async () => {
    const { reveal } = house({ secret: ['*'] })
    expect(await reveal('env:OWN')).toBe('from-dotenv')
    expect(await reveal('secret:env:BOTH')).toBe('from-env')
  })

  test('needs the grant, and a question is asked once', async () => {
    const { reveal, permissions, concealed } = house({ secret: ['other'] })
    await expect(reveal('free')).rejects.toMatchObject(denied)
    await expect(reveal('not-there')).rejects.toMatchObject(denied)
    expect(permissions.required).toHaveLength(2)
    expect(concealed).toEqual([])
  })

  test('of a variable is granted by env as well, layer by layer', async () => {
    expect(await house({ env: ['OWN'] }).reveal('env:OWN')).toBe('from-dotenv')
    expect(await house({ env: ['OWN'] }, { secret: ['*'] }).reveal('env:OWN')).toBe('from-dotenv')
    await expect(house({ env: ['OWN'] }, {}).reveal('env:OWN')).rejects.toMatchObject(denied)
    await expect(house({ env: ['free'] }).reveal('free')).rejects.toMatchObject(denied)
  })

  test('is denied by a denial of the variable too', async () => {
    const layer = { allow: { secret: ['*'] }, deny: { env: ['OWN'] } }
    await expect(house(layer).reveal('env:OWN')).rejects.toMatchObject(denied)
  })

  test('that is bound goes to its hosts only', async () => {
    const { reveal, concealed } = house({ secret: ['*'] })
    expect(await reveal('github', 'https://api.github.com')).toBe('ghp_value')
    for (const origin of [undefined, 'https://evil.org', 'http://api.github.com'])
      await expect(reveal('github', origin)).rejects.toMatchObject({ code: 'SECRET_BOUND' })
    expect(concealed).toHaveLength(1)
  })

  test('that is not there is told with what is near, among the granted', async () => {
    await expect(house({ secret: ['*'] }).reveal('gihtub')).rejects.toMatchObject({
      code: 'SECRET_UNKNOWN',
      hint: "Did you mean 'github'?",
    })
    await expect(house({ secret: ['gihtub'] }).reveal('gihtub')).rejects.toMatchObject({
      hint: 'Set it with: llmspell secret set gihtub',
    })
    await expect(house({ secret: ['*'] }).reveal('env:NOT_THERE')).rejects.toMatchObject({
      code: 'DOTENV_INVALID',
      details: { lines: [3] },
    })
  })

  test.each([
    '',
    'a b',
    'env:',
    'env:A=B',
    'env:1',
    '../x',
    'a/b',
    'secret:',
    '__proto__',
    '\u202Ex',
  ])('is not looked for under %j', async (name) => {
    await expect(house({ secret: ['*'] }).reveal(name)).rejects.toMatchObject({
      code: 'SECRET_UNKNOWN',
    })
  })

  test('is neither looked for nor shown where the name is a key itself', async () => {
    const key = 'ghp_q7Zk2Xw9Lm4Tn8Rb3Vc6Yd1Hs5Gf0Jp'
    const { reveal, permissions } = house({})
    for (const name of [key, `secret:${key}`, `env:${key}`]) {
      const error = await reveal(name).catch((each: unknown) => each as SpellError)
      expect(error).toMatchObject({ code: 'SECRET_UNKNOWN' })
      expect(JSON.stringify(error) + (error as SpellError).message).not.toContain(key)
    }
    expect(permissions.required).toEqual([])
  })

  test('of the passphrase is none', async () => {
    const { reveal } = house({ secret: ['*'], env: ['*'] })
    await expect(reveal('env:LLMSPELL_SECRETS_PASSPHRASE')).rejects.toMatchObject({
      code: 'DOTENV_INVALID',
    })
  })
})

describe('names', () => {
  test('are those that are granted', async () => {
    const list = async (set: PermissionSet): Promise<readonly string[]> => {
      const { secrets, access } = house(set)
      return (await secrets.list(access)).map(({ name }) => name)
    }
    expect(await list({})).toEqual([])
    expect(await list({ secret: ['github', 'not-there'] })).toEqual(['github'])
    expect(await list({ env: ['OWN'] })).toEqual(['env:OWN'])
    expect(await list({ secret: ['*'] })).toEqual(['env:BOTH', 'env:OWN', 'free', 'github'])
  })

  test('that are not granted are not there', async () => {
    const { secrets, access, permissions } = house({ secret: ['free'] })
    expect(await secrets.exists('free', access)).toBe(true)
    expect(await secrets.exists('github', access)).toBe(false)
    expect(permissions.required).toEqual([])
  })

  test('of a bound secret say where it may go', async () => {
    const { secrets, access } = house({ secret: ['*'] })
    expect(await secrets.describe('github', access)).toEqual({
      name: 'github',
      source: 'file',
      hosts: ['api.github.com'],
    })
    await expect(secrets.describe('github', house({}).access)).rejects.toMatchObject(denied)
  })
})
