import { SpellError, toErrorRecord } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Carry } from './carry.ts'
import { formsOf, SHORTEST } from './forms.ts'
import { isSecretName } from './names.ts'
import { Redactor } from './redactor.ts'
import { redacted } from './stream.ts'

const KEY = 'sk-A/b+c"d\\e&f é%9'

function hiding(...values: readonly string[]): Redactor {
  const redactor = new Redactor()
  for (const [i, value] of values.entries()) redactor.conceal(value, `secret:${i}`)
  return redactor
}

describe('a value is replaced by its label', () => {
  const forms = {
    raw: KEY,
    json: JSON.stringify({ KEY }),
    'JSON inside JSON': JSON.stringify({ text: KEY }),
    url: encodeURIComponent(KEY),
    'url, lower case': encodeURIComponent(KEY).replaceAll(/%../g, (code) => code.toLowerCase()),
    form: new URLSearchParams({ key: KEY }).toString(),
    base64: Buffer.from(KEY).toString('base64'),
    base64url: Buffer.from(KEY).toString('base64url'),
    'Basic, user before': Buffer.from(`me:${KEY}`).toString('base64'),
    'Basic, text behind': Buffer.from(`a${KEY}:b`).toString('base64'),
    hex: Buffer.from(KEY).toString('hex'),
    'bytes as characters': Buffer.from(KEY).toString('latin1'),
  }

  test.each(Object.entries(forms))('as %s', (_, form) => {
    const shown = hiding(KEY).text(`before ${form} behind`)
    expect(shown).toContain('secret:0')
    for (const part of formsOf(KEY)) expect(shown).not.toContain(part)
  })

  test('in keys, lists, bytes and errors with their causes', () => {
    const redactor = hiding(KEY)
    const value = { [KEY]: [KEY, 1, { deep: Buffer.from(`x${KEY}`) }], other: 'kept' }
    const shown = redactor.value<Value>(value)
    expect(JSON.stringify(shown)).not.toContain('sk-A')
    expect(shown).toMatchObject({ 'secret:0': ['secret:0', 1, {}], other: 'kept' })
    const cause = new Error(`why ${KEY}`)
    const error = new SpellError('X', `no ${KEY}`, { hint: KEY, details: { KEY }, cause })
    expect(JSON.stringify(toErrorRecord(redactor.error(error)))).not.toContain('sk-A')
    expect(redactor.error(cause).message).toBe('why secret:0')
    expect(redactor.error(cause).stack).not.toContain('sk-A')
  })

  test('the longest where one is the beginning of another', () => {
    expect(hiding('secret-1', 'secret-12345').text('secret-12345 secret-1')).toBe(
      'secret:1 secret:0',
    )
  })
})

test('what has nothing to hide stays the very same', () => {
  const value = { a: ['text', { b: new Uint8Array(9) }] }
  const error = new SpellError('X', 'no')
  expect(new Redactor().value(value)).toBe(value)
  const redactor = hiding(KEY)
  expect(redactor.value(value)).toBe(value)
  expect(redactor.error(error)).toBe(error)
})

test('short values are left in texts', () => {
  const redactor = hiding('x'.repeat(SHORTEST - 1))
  expect(redactor.active).toBe(false)
  expect(redactor.text('xxxxx')).toBe('xxxxx')
})

describe('by name', () => {
  test.each(['password', 'apiKey', 'api_key', 'API-Key', 'Authorization', 'set-cookie', 'x_token'])(
    '%s is secret',
    (name) => expect(isSecretName(name)).toBe(true),
  )
  test.each(['tokens', 'max_tokens', 'keyboard', 'secretary', 'cookie_count', 'key'])(
    '%s is none',
    (name) => expect(isSecretName(name)).toBe(false),
  )
  test('texts are masked in records, numbers and references stay', () => {
    const record = { password: 'p', token: 7, api_key: 'env:KEY', headers: { Cookie: ['a', 'b'] } }
    expect(new Redactor().record(record)).toEqual({
      password: '***',
      token: 7,
      api_key: 'env:KEY',
      headers: { Cookie: ['***', '***'] },
    })
    expect(new Redactor().value(record)).toBe(record)
  })
})

test('a circle ends', () => {
  const circle: Record<string, unknown> = { text: KEY }
  circle['self'] = circle
  expect(JSON.stringify(hiding(KEY).record(circle))).not.toContain('sk-A')
  circle['token'] = [circle]
  expect(JSON.stringify(new Redactor().record({ token: circle }))).not.toContain('sk-A')
})

const secret = fc.string({ minLength: SHORTEST, maxLength: 40, unit: 'grapheme-ascii' })
const pieces = (text: string, cuts: readonly number[]): string[] => {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b)]
  return places.map((place, i) => text.slice(place, places[i + 1] ?? text.length))
}

describe('a text in pieces', () => {
  test('gives what the whole text gives, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 3 }),
        fc.array(fc.string({ maxLength: 8 })),
        fc.array(fc.nat(), { maxLength: 8 }),
        (secrets, others, cuts) => {
          const redactor = hiding(...secrets)
          const text = others.flatMap((other, i) => [other, secrets[i % secrets.length]!]).join('')
          const carry = new Carry(redactor)
          const shown = pieces(text, cuts).map((piece) => carry.push(piece))
          expect(shown.join('') + carry.flush()).toBe(redactor.text(text))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('ends where it can: nothing is held that is no beginning', () => {
    const carry = new Carry(hiding('abcdefgh'))
    expect(carry.push('Is it? ')).toBe('Is it? ')
    expect(carry.push('abc')).toBe('')
    expect(carry.push('x')).toBe('abcx')
  })
})

async function read(chunks: readonly Value[], redactor: Redactor): Promise<Value[]> {
  const shown: Value[] = []
  async function* source(): AsyncGenerator<Value> {
    yield* chunks
  }
  for await (const chunk of redacted(source(), redactor)) shown.push(chunk)
  return shown
}

describe('a stream', () => {
  const redactor = hiding('abcdefgh')
  test('hides what lies across chunks of one kind', async () => {
    const text = (part: string): Value => ({ type: 'text', text: part })
    expect(await read([text('1 abc'), text('def'), text('gh 2'), text('ab')], redactor)).toEqual([
      text('1 '),
      text('secret:0 2'),
      text('ab'),
    ])
    expect(await read(['abcd', 'efgh'], redactor)).toEqual(['secret:0'])
    const bytes = [Buffer.from('xabcd'), Buffer.from('efgh')]
    expect(Buffer.concat((await read(bytes, redactor)) as Uint8Array[]).toString()).toBe(
      'xsecret:0',
    )
  })

  test('keeps the order where the kind changes, and other data whole', async () => {
    const chunks = [{ type: 'text', text: 'abc' }, { n: 1, of: 'abcdefgh' }, 'abc']
    expect(await read(chunks, redactor)).toEqual([
      { type: 'text', text: 'abc' },
      { n: 1, of: 'secret:0' },
      'abc',
    ])
  })

  test('gives what it held before it fails', async () => {
    async function* source(): AsyncGenerator<Value> {
      yield 'abc'
      throw new Error('broken abcdefgh')
    }
    const iterator = redacted(source(), redactor)[Symbol.asyncIterator]()
    expect(await iterator.next()).toEqual({ done: false, value: 'abc' })
    await expect(iterator.next()).rejects.toThrow('broken secret:0')
  })
})
