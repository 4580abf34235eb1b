import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ByteRange, Files, OpenFile, Secrets, Value } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import type { ToolBench } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { decode } from './encoding.ts'
import plugin from './index.ts'

const folder = new URL('../', import.meta.url)
const notes = readFileSync(fileURLToPath(new URL('test/fixtures/docs/notes.txt', folder)))

/** Files made of a rule, so that a large one needs no room. */
function fileOf(size: number, byteAt: (place: number) => number): OpenFile {
  const close = (): Promise<void> => Promise.resolve()
  async function* read({ offset = 0, length = Infinity }: ByteRange = {}) {
    for (let at = offset; at < Math.min(size, offset + length); at += 65_536) {
      const piece = Math.min(65_536, size - at)
      yield await Promise.resolve(Uint8Array.from({ length: piece }, (_, i) => byteAt(at + i)))
    }
  }
  return { path: 'made.bin', size, read, close, [Symbol.asyncDispose]: close }
}

const files = {
  open: (path: string) => {
    if (path === 'docs/notes.txt') return Promise.resolve(fileOf(notes.length, (i) => notes[i]!))
    if (path === 'large.bin') return Promise.resolve(fileOf(20 * 1024 * 1024, (i) => i % 251))
    throw new SpellError('FILE_NOT_FOUND', `The file '${path}' does not exist.`)
  },
} as unknown as Files

const secrets: Secrets = {
  list: () => Promise.resolve([]),
  reveal: (name) => Promise.resolve(`value of ${name}`),
}
const options = { package: folder, plugin, name: 'hash', services: { files, secrets } }

toolSuite(options)

let bench: ToolBench
beforeAll(async () => {
  bench = await toolBench(options)
})

async function run(input: { readonly [key: string]: Value }): Promise<Record<string, unknown>> {
  return (await bench.run(input)).result as Record<string, unknown>
}

function failure(input: { readonly [key: string]: Value }): Promise<unknown> {
  return run(input).catch((error: unknown) => error)
}

describe('every algorithm', () => {
  test.each(['sha256', 'sha384', 'sha512', 'sha3-256', 'blake2b512', 'sha1', 'md5'])(
    '%s is what the library says, in each encoding',
    async (algorithm) => {
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        const digest = createHash(algorithm).update('täst').digest(encoding)
        const result = await run({ text: 'täst', algorithm, encoding })
        expect(result).toMatchObject({ digest, bytes: 5, encoding })
        expect(result['secure']).toBe(!['sha1', 'md5'].includes(algorithm))
        expect(await run({ text: 'täst', algorithm, encoding, verify: digest })).toMatchObject({
          matches: true,
        })
      }
    },
  )

  // The check value of CRC-32/ISO-HDLC.
  test('crc32 has the known value', async () => {
    expect(await run({ text: '123456789', algorithm: 'crc32' })).toMatchObject({
      digest: 'cbf43926',
      secure: false,
    })
  })
})

describe('a file', () => {
  test('is read in portions, with progress', async () => {
    const seen: number[] = []
    const progress = (done: number): void => void seen.push(done)
    const { result } = await bench.run({ path: 'large.bin' }, { progress })
    const whole = Buffer.from(Uint8Array.from({ length: 20 * 1024 * 1024 }, (_, i) => i % 251))
    expect(result).toMatchObject({
      bytes: whole.byteLength,
      digest: createHash('sha256').update(whole).digest('hex'),
    })
    expect(seen).toEqual([16 * 1024 * 1024])
  })

  test('that is missing is said so', async () => {
    expect(await failure({ path: 'no.txt' })).toMatchObject({ code: 'FILE_NOT_FOUND' })
  })
})

describe('a key', () => {
  test('is the value of a secret, and neither it nor the right HMAC is told', async () => {
    const hmac = createHmac('sha512', 'value of env:KEY').update('a').digest('hex')
    const input = { text: 'a', algorithm: 'sha512', key: 'env:KEY' }
    expect(await run(input)).toMatchObject({ digest: hmac, hmac: true })
    const wrong = await run({ ...input, verify: '00'.repeat(64) })
    expect(wrong).toMatchObject({ matches: false })
    expect(wrong).not.toHaveProperty('digest')
    expect(JSON.stringify(wrong)).not.toContain('value of')
    expect(await run({ ...input, verify: hmac.toUpperCase() })).toMatchObject({ matches: true })
  })

  test('is no use to a crc32, nor without a service of secrets', async () => {
    expect(await failure({ text: 'a', algorithm: 'crc32', key: 'env:KEY' })).toMatchObject({
      code: 'INPUT_INVALID',
    })
    const bare = await toolBench({ ...options, services: { files } })
    await expect(bare.run({ text: 'a', key: 'env:KEY' })).rejects.toMatchObject({
      code: 'HASH_KEY_UNAVAILABLE',
    })
  })
})

describe('refused', () => {
  test.each([
    [{}, 'none of them'],
    [{ text: 'a', path: 'docs/notes.txt' }, 'text and path'],
    [{ base64: 'YW' + 'J'.repeat(3) }, 'base64'],
    [{ base64: 'YW!j' }, 'base64'],
    [{ text: 'a', verify: 'abc' }, "'abc'"],
    [{ text: 'a', verify: 'ab' }, '1 bytes'],
    [{ text: 'a', verify: 'zz'.repeat(32) }, 'the 32 bytes of a sha256 as hex'],
  ])('%j', async (input, said) => {
    expect(await failure(input as { [key: string]: Value })).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(said),
    })
  })
})

test('an encoding is taken back, and nothing that is nearly one', () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.constantFrom('hex', 'base64', 'base64url'),
      (bytes, encoding) => {
        const text = Buffer.from(bytes).toString(encoding)
        expect(decode(text, encoding)?.equals(bytes)).toBe(true)
        expect(decode(`${text} `, encoding)).toBeUndefined()
      },
    ),
  )
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('hex', 'base64', 'base64url'), (text, encoding) => {
      const bytes = decode(text, encoding)
      const back = bytes?.toString(encoding).replace(/=+$/, '')
      const given = text.replace(/=+$/, '')
      expect([undefined, encoding === 'hex' ? given.toLowerCase() : given]).toContain(back)
    }),
  )
})
