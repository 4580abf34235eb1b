import fc from 'fast-check'
import type { Json, Scope, StateBackend, StateOp } from '@llmspell/sdk'
import { exportLines, importLines, RowStore } from '@llmspell/sdk/store'
import { describe, expect, test } from 'vitest'
import { keyFrom } from '../../plugins/state/src/seal/keys.ts'
import { SealedStore } from '../../plugins/state/src/seal/sealed-store.ts'
import { MemoryHome } from '../../plugins/store-memory/src/memory-home.ts'

const RUNS = { numRuns: process.env['LLMSPELL_TEST_FULL'] === '1' ? 500 : 40 }

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.parse(JSON.stringify(json)) as Json),
  fc.uint8Array({ maxLength: 50 }),
)
const scope: fc.Arbitrary<Scope> = fc.record({
  tenant: fc.constant('local'),
  kind: fc.constantFrom('global', 'user', 'custom', 'run'),
  id: text,
})
const put = fc.record({
  op: fc.constant('put' as const),
  scope,
  key: text,
  value,
})
const content = fc.array(
  fc.oneof(
    put,
    put.map(({ scope: place, key }) => ({ op: 'delete' as const, scope: place, key })),
  ),
  {
    maxLength: 30,
  },
)

const KINDS = [
  ['plain', (inner: StateBackend) => inner],
  [
    'sealed',
    (inner: StateBackend) =>
      new SealedStore(inner, { keys: [keyFrom('k'.repeat(32))], acceptPlain: false }),
  ],
] as const

describe.each(KINDS)('content of a %s store', (_, wrap) => {
  async function opened(): Promise<StateBackend> {
    const store = wrap(new RowStore(new MemoryHome(() => {})))
    await store.open({ signal: new AbortController().signal })
    return store
  }

  const all = (store: StateBackend) =>
    Array.fromAsync(store.entries(), ({ entry: { value: held, schema }, ...place }) => ({
      ...place,
      held,
      schema,
    }))

  async function backedUp(
    store: StateBackend,
    since?: bigint,
  ): Promise<ReadableStream<Uint8Array>> {
    const chunks: Uint8Array[] = []
    const sink = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk) })
    await store.backup(sink, since === undefined ? {} : { since })
    return ReadableStream.from(chunks)
  }

  test('is the same behind a backup, and behind an increment', async () => {
    await fc.assert(
      fc.asyncProperty(content, content, async (first, second) => {
        const [from, to] = [await opened(), await opened()]
        await from.commit(first as StateOp[])
        const whole = await backedUp(from)
        const { seq } = await from.stats()
        await from.commit(second as StateOp[])
        await to.restore(whole, { mode: 'replace' })
        await to.restore(await backedUp(from, seq), { mode: 'add' })
        expect(await all(to)).toEqual(await all(from))
      }),
      RUNS,
    )
  })

  test('is the same behind an export', async () => {
    await fc.assert(
      fc.asyncProperty(content, async (ops) => {
        const [from, to] = [await opened(), await opened()]
        await from.commit(ops as StateOp[])
        const lines = (await Array.fromAsync(exportLines(from))).join('')
        // In pieces that no line fits.
        const pieces = lines.match(/[^]{1,17}/g) ?? []
        async function* open(): AsyncGenerator<string> {
          yield* pieces
        }
        const report = await importLines(to, open)
        expect(report.entries).toBe((await all(from)).length)
        expect(await all(to)).toEqual(await all(from))
        expect((await Array.fromAsync(exportLines(to))).join('')).toBe(lines)
      }),
      RUNS,
    )
  })
})

test.each([
  ['no head', '{"entries":0}\n'],
  ['another count', '{"llmspell":"state","format":1}\n{"entries":1}\n'],
  ['a cut', '{"llmspell":"state","format":1}\n'],
  ['no JSON', '{"llmspell":"state","format":1}\nlamp\n{"entries":1}\n'],
  ['no scope', '{"llmspell":"state","format":1}\n{"key":"a","value":1}\n{"entries":1}\n'],
  [
    'no value',
    '{"llmspell":"state","format":1}\n{"scope":{"tenant":"","kind":"user","id":""},"key":"a"}\n{"entries":1}\n',
  ],
])('an export with %s is refused', async (_, lines) => {
  const store = new RowStore(new MemoryHome(() => {}))
  await store.open({ signal: new AbortController().signal })
  async function* open(): AsyncGenerator<string> {
    yield lines
  }
  await expect(importLines(store, open)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  expect(await Array.fromAsync(store.entries())).toEqual([])
})
