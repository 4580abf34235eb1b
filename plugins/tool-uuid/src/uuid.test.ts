import type { Value } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import type { ToolBench } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { v1, v6, v7, validate, version } from 'uuid'
import { beforeAll, describe, expect, test } from 'vitest'
import plugin from './index.ts'
import { plainForm, read } from './read.ts'

const options = { package: new URL('../', import.meta.url), plugin, name: 'uuid' }

toolSuite(options)

let bench: ToolBench
beforeAll(async () => {
  bench = await toolBench(options)
})

async function made(input: { readonly [key: string]: Value }): Promise<string[]> {
  return ((await bench.run(input)).result as { uuids: string[] }).uuids
}

describe('made', () => {
  test.each([
    ['v4', 4],
    ['v7', 7],
  ])('%s: a thousand are all different and valid', async (name, number) => {
    const uuids = await made({ version: name, count: 1000 })
    expect(new Set(uuids).size).toBe(1000)
    expect(uuids.every((uuid) => validate(uuid) && version(uuid) === number)).toBe(true)
  })

  test('v7 are in order', async () => {
    const uuids = await made({ version: 'v7', count: 1000 })
    expect(uuids).toEqual(uuids.toSorted())
  })

  test('v7 says when it was made', async () => {
    const before = Date.now()
    const [uuid] = await made({ version: 'v7' })
    const { time } = read(uuid!)
    expect(Date.parse(time!)).toBeGreaterThanOrEqual(before)
    expect(Date.parse(time!)).toBeLessThanOrEqual(Date.now())
  })

  // RFC 9562, appendix A.4.
  test('v5 is the one of the standard, by name or by UUID of the namespace', async () => {
    const name = 'www.example.com'
    const wanted = ['2ed6657d-e927-568b-95e1-2665a8aea6a2']
    const dns = '6BA7B810-9DAD-11D1-80B4-00C04FD430C8'
    expect(await made({ version: 'v5', namespace: 'DNS', name })).toEqual(wanted)
    expect(await made({ version: 'v5', namespace: dns, name })).toEqual(wanted)
  })

  test('nil is all zeros', async () => {
    expect(await made({ version: 'nil' })).toEqual(['00000000-0000-0000-0000-000000000000'])
  })
})

describe('refused', () => {
  test.each([
    [{ version: 'v5', name: 'a' }, "'namespace'"],
    [{ version: 'v5', namespace: 'dns' }, "'name'"],
    [{ version: 'v5', namespace: 'dsn', name: 'a' }, 'dns, url, oid, x500 or a UUID'],
    [{ version: 'v5', namespace: 'dns', name: 'a', count: 2 }, 'always the same'],
    [{ version: 'v4', name: 'a' }, "'name'"],
    [{ version: 'v4', uuid: 'a' }, "'parse'"],
    [{ operation: 'parse' }, "'uuid'"],
    [{ operation: 'parse', uuid: 'a', name: 'b' }, "'name'"],
    [{ count: 1001 }, "'count'"],
  ])('%j', async (input, said) => {
    await expect(bench.run(input)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(said),
    })
  })
})

describe('read', () => {
  // RFC 9562, appendix A.
  test.each([
    ['C232AB00-9414-11EC-B3C8-9F6BDECED846', 1, '2022-02-22T19:22:22.000Z'],
    ['5df41881-3aed-3515-88a7-2f4a814cf09e', 3, undefined],
    ['919108f7-52d1-4320-9bac-f847db4148a8', 4, undefined],
    ['1EC9414C-232A-6B00-B3C8-9F6BDECED846', 6, '2022-02-22T19:22:22.000Z'],
    ['{017F22E2-79B0-7CC3-98C4-DC0C0C07398F}', 7, '2022-02-22T19:22:22.000Z'],
    ['urn:uuid:2489e9ad-2ee2-8e00-8ec9-32d5f69181c0', 8, undefined],
  ])('%s is a version %i', (text, number, time) => {
    expect(read(text)).toMatchObject({ valid: true, version: number, variant: 'rfc9562' })
    expect(read(text).time).toBe(time)
  })

  test.each([
    ['00000000-0000-0000-0000-000000000000', 'nil'],
    ['ffffffff-ffff-ffff-ffff-ffffffffffff', 'max'],
    ['919108f7-52d1-4320-0bac-f847db4148a8', 'ncs'],
    ['919108f7-52d1-4320-cbac-f847db4148a8', 'microsoft'],
    ['919108f7-52d1-4320-ebac-f847db4148a8', 'reserved'],
  ])('%s is of the variant %s', (text, variant) => {
    expect(read(text)).toMatchObject({ valid: true, variant })
  })

  test('any made one by the library, with its time', () => {
    const makers = [v1, v6, v7].map((make) => (ms: number) => (make as typeof v7)({ msecs: ms }))
    const msecs = fc.integer({ min: 0, max: 2 ** 43 })
    fc.assert(
      fc.property(msecs, fc.constantFrom(...makers), (ms, make) => {
        expect(read(make(ms)).time).toBe(new Date(ms).toISOString())
      }),
    )
  })

  test('any text: what is plain is what the library can read', () => {
    const near = fc.uuid().chain((uuid) =>
      fc.tuple(fc.nat(35), fc.string({ maxLength: 1 })).map(([at, char]) => {
        return uuid.slice(0, at) + char + uuid.slice(at + 1)
      }),
    )
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        const plain = plainForm(text)
        expect(read(text).valid).toBe(plain !== undefined)
        const lower = text.toLowerCase()
        expect(validate(text) ? plain : lower).toBe(lower)
      }),
    )
  })

  test('quickly, whatever the text', () => {
    const started = performance.now()
    read('{'.repeat(256))
    expect(performance.now() - started).toBeLessThan(50)
  })
})
