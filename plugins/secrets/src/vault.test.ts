import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { Vault } from './vault.ts'

const base = mkdtempSync(join(tmpdir(), 'secrets-'))
afterAll(() => rmSync(base, { recursive: true }))

let count = 0
let path: string
beforeEach(() => {
  path = join(base, String(++count), 'secrets.json')
})

const filled = async (passphrase?: string): Promise<Vault> => {
  const vault = new Vault(path, undefined, passphrase)
  await vault.set('github', { value: 'ghp_plain_text', hosts: ['api.github.com'] })
  return vault
}
const open = (passphrase?: string) => new Vault(path, undefined, passphrase).entries()
const locked = { code: 'SECRET_LOCKED' }
const windows = process.platform === 'win32'

describe('a file', () => {
  test.each([undefined, 'a long passphrase'])('opens with its key (%s)', async (passphrase) => {
    await filled(passphrase)
    expect([...(await open(passphrase))]).toEqual([
      ['github', { value: 'ghp_plain_text', hosts: ['api.github.com'] }],
    ])
    const text = readFileSync(path, 'utf8')
    for (const plain of ['github', 'ghp_', 'api.']) expect(text).not.toContain(plain)
    expect(JSON.parse(text)).toMatchObject({ llmspell: 'secrets/1' })
  })

  test('keeps what is written, and forgets what is removed', async () => {
    const vault = await filled()
    expect(await vault.set('github', { value: 'other' })).toBe(false)
    expect(await vault.set('b', { value: '2' })).toBe(true)
    expect(await vault.remove('github')).toBe(true)
    expect(await vault.remove('github')).toBe(false)
    expect([...(await open())]).toEqual([['b', { value: '2' }]])
  })

  test('is written whole by many at once', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `n${i}`)
    await filled()
    await Promise.all(
      names.map((name) => new Vault(path, undefined).set(name, { value: `value of ${name}` })),
    )
    expect((await open()).size).toBe(13)
  })

  test('that is not there has nothing, and without a place nothing is kept', async () => {
    expect((await open()).size).toBe(0)
    await expect(new Vault(undefined, undefined).set('a', { value: 'b' })).rejects.toMatchObject({
      code: 'SECRET_FILE_FAILED',
    })
  })

  test.skipIf(windows)('and its key and folder belong to their user alone', async () => {
    await filled()
    for (const [name, mode] of [
      [path, 0o600],
      [`${path}.key`, 0o600],
      [join(path, '..'), 0o700],
    ] as const)
      expect(statSync(name).mode & 0o777).toBe(mode)
  })
})

describe('stays closed', () => {
  test('with another passphrase, or none', async () => {
    await filled('right and long')
    await expect(open('wrong and long')).rejects.toMatchObject(locked)
    await expect(open()).rejects.toMatchObject({
      ...locked,
      hint: 'Set LLMSPELL_SECRETS_PASSPHRASE.',
    })
  })

  test('without its key file, or with another', async () => {
    await filled()
    const key = `${path}.key`
    writeFileSync(key, `${Buffer.alloc(32, 7).toString('base64')}\n`)
    await expect(open()).rejects.toMatchObject(locked)
    writeFileSync(key, 'short')
    await expect(open()).rejects.toMatchObject(locked)
    rmSync(key)
    await expect(open()).rejects.toMatchObject(locked)
    await expect(new Vault(path, undefined).set('a', { value: 'b' })).rejects.toMatchObject(locked)
  })

  test('when any part of it was changed', async () => {
    await filled()
    const sealed = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    const flip = (text: string, at: number): string => {
      const bytes = Buffer.from(text, 'base64')
      bytes[at % bytes.length]! ^= 1
      return bytes.toString('base64')
    }
    for (const part of ['iv', 'tag', 'data']) {
      writeFileSync(path, JSON.stringify({ ...sealed, [part]: flip(sealed[part] as string, 3) }))
      await expect(open()).rejects.toMatchObject(locked)
    }
    const key = sealed['key'] as { readonly salt: string }
    for (const other of [
      { ...sealed, llmspell: 'secrets/2' },
      { ...sealed, key: { ...key, salt: flip(key.salt, 0) } },
      { ...sealed, key: { from: 'passphrase', salt: key.salt, n: 2 ** 40 } },
      { ...sealed, tag: 'AAAA' },
      { ...sealed, key: null },
      [],
      null,
    ]) {
      writeFileSync(path, JSON.stringify(other))
      await expect(open('x')).rejects.toMatchObject(locked)
    }
  })

  test('whatever stands in it', async () => {
    await filled()
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        writeFileSync(path, text)
        await expect(open()).rejects.toMatchObject(locked)
      }),
      { numRuns: 50 },
    )
  })

  test.skipIf(windows).each([0o640, 0o604, 0o620, 0o666, 0o610])('with mode %o', async (mode) => {
    await filled()
    for (const name of [path, `${path}.key`]) {
      chmodSync(name, mode)
      await expect(open()).rejects.toMatchObject({ code: 'SECRET_EXPOSED' })
      chmodSync(name, 0o600)
    }
    expect((await open()).size).toBe(1)
  })

  test.skipIf(windows)('as a link, folder or pipe', async () => {
    await filled()
    const other = `${path}-link`
    symlinkSync(path, other)
    await expect(new Vault(other, undefined).entries()).rejects.toMatchObject({
      code: 'SECRET_EXPOSED',
    })
    await expect(new Vault(base, undefined).entries()).rejects.toMatchObject({
      code: 'SECRET_EXPOSED',
    })
  })
})
