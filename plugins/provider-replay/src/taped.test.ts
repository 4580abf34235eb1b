import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  CallContext,
  ModelCallOptions,
  ModelChunk,
  ModelRequest,
  Provider,
  TapedModel,
} from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { Tapes } from './recorder.ts'

const folder = mkdtempSync(join(tmpdir(), 'llmspell-taped-'))
afterAll(() => rmSync(folder, { recursive: true }))
let count = 0
const fresh = (): string => join(folder, `${++count}.json`)

const silent = (): undefined => undefined
const logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent }
const options = (): ModelCallOptions => ({ signal: new AbortController().signal, logger })
const settings = { provider: 'lab', model: 'q' }
const MODEL: TapedModel = {
  ...settings,
  item: { id: 'q' },
  settings: {},
  verbs: ['embed', 'pull'],
  unnamed: false,
}
const request: ModelRequest = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
}

/** A model server that gives these chunks, then fails where it should. */
function speaker(chunks: readonly ModelChunk[], failure?: Error): Provider {
  async function* stream(): AsyncGenerator<ModelChunk> {
    yield* chunks
    if (failure) throw failure
  }
  return {
    stream,
    generate: async () => Array.fromAsync(stream()),
    embed: async (_, texts) => ({
      vectors: texts.map((t) => [t.length, 0.5]),
      usage: { inputTokens: 1, outputTokens: 0 },
    }),
    pull: async function* () {
      yield { status: 'pulling', done: 1, total: 2 }
      yield { status: 'done' }
    },
  }
}

interface Use {
  readonly tape: Awaited<ReturnType<Tapes['open']>>
  readonly provider: Provider
}

async function open(
  file: string,
  mode: 'record' | 'replay',
  live?: Provider,
  pace: 'off' | 'recorded' = 'off',
): Promise<Use> {
  const tapes = new Tapes({ mode: 'replay', pace, volatile: [] })
  const tape = await tapes.open({ file, mode })
  const context = { runId: 'run-1', settings: { tape: tape.id } } as unknown as CallContext
  const access = { subject: 'A test', grants: [], root: folder }
  const asked = async () => {
    if (!live) throw new Error('asked')
    return { provider: live, settings: { ...settings, apiKey: 'top-secret-key' }, access }
  }
  return { tape, provider: tapes.of(context)!.provider(MODEL, asked, context) }
}

async function heard(provider: Provider, streaming: boolean): Promise<unknown[]> {
  const seen: unknown[] = []
  try {
    const chunks = streaming
      ? provider.stream(settings, request, options())
      : await provider.generate(settings, request, options())
    for await (const chunk of chunks) seen.push(chunk)
  } catch (error) {
    const { code, message, details } = error as SpellError
    seen.push({ code, message, details })
  }
  return seen
}

const word = fc.string({ unit: 'binary', maxLength: 12 })
const usage = fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat() })
const chunk: fc.Arbitrary<ModelChunk> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: word }),
  fc.record({
    type: fc.constant('reasoning' as const),
    text: word,
    meta: fc.jsonValue(),
  }) as fc.Arbitrary<ModelChunk>,
  fc.record({
    type: fc.constant('tool_call' as const),
    id: word,
    name: word,
    input: fc.dictionary(word, fc.jsonValue()),
  }) as fc.Arbitrary<ModelChunk>,
  fc.record({
    type: fc.constant('tool_call_invalid' as const),
    id: word,
    name: word,
    raw: word,
    problem: word,
  }),
  fc.record({
    type: fc.constant('media' as const),
    mime: fc.constantFrom('image/png', 'audio/x-own'),
    data: fc.uint8Array({ maxLength: 30 }),
  }) as fc.Arbitrary<ModelChunk>,
)
const finish = fc.record({
  type: fc.constant('finish' as const),
  reason: fc.constantFrom('stop', 'length'),
  usage,
}) as fc.Arbitrary<ModelChunk>
const failures = fc.constantFrom(
  new SpellError('PROVIDER_FAILED', 'Busy.', {
    hint: 'Wait.',
    details: { kind: 'rate', retry_after_ms: 70 },
  }),
  new SpellError('PROVIDER_FAILED', 'Wrong key top-secret-key.', { details: { kind: 'auth' } }),
)

test('what was recorded is replayed: the same chunks, cut at the same places, or the same failure', async () => {
  const answer = fc.tuple(
    fc.array(chunk, { maxLength: 12 }),
    fc.option(failures, { nil: undefined }),
    finish,
    fc.boolean(),
  )
  await fc.assert(
    fc.asyncProperty(answer, async ([chunks, failure, end, streaming]) => {
      const file = fresh()
      const live = speaker(failure ? chunks : [...chunks, end], failure)
      const recording = await open(file, 'record', live)
      const first = await heard(recording.provider, streaming)
      await recording.tape.close()
      const replaying = await open(file, 'replay')
      const again = await heard(replaying.provider, streaming)
      const masked = JSON.parse(
        JSON.stringify(first).replaceAll('top-secret-key', '***'),
      ) as unknown
      expect(JSON.parse(JSON.stringify(again))).toEqual(masked)
      expect(readFileSync(file, 'utf8')).not.toContain('top-secret')
      expect(await replaying.tape.close()).toMatchObject({ replayed: 1, unused: [], missed: [] })
    }),
    { numRuns: 150 },
  )
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
}, 60_000)

test('numbers of texts and pulls are replayed too; other verbs are not there', async () => {
  const file = fresh()
  const recording = await open(file, 'record', speaker([]))
  const use = async ({ provider }: Use) => [
    await provider.embed!(settings, ['lamp'], options()),
    await Array.fromAsync(provider.pull!(settings, options())),
    provider.models,
  ]
  const first = await use(recording)
  await recording.tape.close()
  expect(await use(await open(file, 'replay'))).toEqual(first)
})

test('a pace is kept where it is asked for', async () => {
  const file = fresh()
  const live = speaker([])
  live.stream = async function* () {
    yield { type: 'text', text: 'a' }
    await new Promise((resolve) => setTimeout(resolve, 600))
    yield { type: 'finish', reason: 'stop', usage: { inputTokens: 0, outputTokens: 0 } }
  }
  const recording = await open(file, 'record', live, 'recorded')
  await heard(recording.provider, true)
  await recording.tape.close()
  const [, begun, ended] = /"at": \[(\d+), (\d+)\]/.exec(readFileSync(file, 'utf8'))!
  expect(Number(ended) - Number(begun)).toBeGreaterThan(550)
  const timed = async (pace: 'off' | 'recorded'): Promise<number> => {
    const { provider } = await open(file, 'replay', undefined, pace)
    const since = performance.now()
    await heard(provider, true)
    return performance.now() - since
  }
  expect(await timed('recorded')).toBeGreaterThan(500)
  expect(await timed('off')).toBeLessThan(500)
})

test('an answer that was left is left again', async () => {
  const file = fresh()
  const live = speaker([
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two' },
  ])
  const recording = await open(file, 'record', live)
  for await (const _ of recording.provider.stream(settings, request, options())) break
  await recording.tape.close()
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    interactions: [{ response: { chunks: [{ text: 'one' }], left: true } }],
  })
  const { provider } = await open(file, 'replay')
  const controller = new AbortController()
  const seen: unknown[] = []
  const own = { ...options(), signal: controller.signal }
  setTimeout(() => controller.abort(), 20)
  for await (const each of provider.stream(settings, request, own)) seen.push(each)
  expect(seen).toEqual([{ type: 'text', text: 'one' }])
})

test('bytes beside a cassette that are gone or changed are named', async () => {
  const file = fresh()
  const picture = { type: 'media', mime: 'image/png', data: new Uint8Array([1, 2, 3]) } as const
  const recording = await open(file, 'record', speaker([picture]))
  await heard(recording.provider, true)
  await recording.tape.close()
  const beside = file.replace('.json', '.media')
  const [name] = readdirSync(beside)
  writeFileSync(join(beside, name!), 'another')
  const { provider } = await open(file, 'replay')
  expect(await heard(provider, true)).toMatchObject([
    { code: 'CASSETTE_INVALID', message: expect.stringContaining(`another content in`) },
  ])
  rmSync(beside, { recursive: true })
  const again = await open(file, 'replay')
  expect(await heard(again.provider, true)).toMatchObject([
    { message: expect.stringContaining(`nothing at '${count}.media/${name}'`) },
  ])
})
