import type { Kernel } from '@llmspell/kernel'
import { now, SpellError, toErrorRecord, type ErrorRecord, type Usage } from '@llmspell/sdk'
import type { ProgressLine } from '../print/progress.ts'
import type { Models, Provider } from './service.ts'

/** What came of one tiny question. Times in ms. */
export interface Tried {
  readonly ok: boolean
  /** `provider/model`; absent where none was found. */
  readonly model?: string
  readonly mock?: boolean
  readonly text?: string
  readonly first_ms?: number
  readonly total_ms: number
  readonly input_tokens?: number
  readonly output_tokens?: number
  readonly cost?: number
  readonly attempts?: number
  readonly error?: ErrorRecord
}

/** A chunk of `Provider.stream`, as far as it matters here. */
type Chunk =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  | {
      readonly type: 'finish'
      readonly usage: Usage
      readonly model: string
      readonly mock: boolean
      readonly attempts: number
    }

const QUESTION = 'Answer with the one word: ready'
/** Models that think first need some room before their word. */
const MOST_TOKENS = 256

/** Asks one model, or the default one, for one word as a stream. Never throws: a failure is what was found. */
export async function tryModel(
  kernel: Kernel,
  model: string | undefined,
  signal: AbortSignal,
  line: ProgressLine,
): Promise<Tried> {
  const runtime = await kernel.use('script-runtime')
  await using run = runtime.open({
    settings: model === undefined ? {} : { model },
    signal,
    onProgress: (progress) => line.report(progress),
    log: ({ level, message }) => {
      if (level === 'warn' || level === 'error') line.line(`warning: ${message}\n`)
    },
  })
  const started = now()
  const who = `model '${model ?? 'by default'}'`
  line.report({ who, state: 'started', text: 'asked for one word' })
  const tried: { text: string; first_ms?: number } = { text: '' }
  const named = model === undefined ? {} : { model }
  try {
    const messages = [{ role: 'user', content: [{ type: 'text', text: QUESTION }] }]
    const request = { messages, maxTokens: MOST_TOKENS }
    const chunks = (await run.call('Provider', 'stream', [null, request])) as AsyncIterable<Chunk>
    for await (const chunk of chunks) {
      tried.first_ms ??= Math.round(now() - started)
      if (chunk.type === 'text') tried.text += chunk.text
      if (chunk.type === 'finish') return { ok: true, ...tried, ...factsOf(chunk, started) }
    }
    throw new SpellError('INTERNAL', 'The answer had no end.')
  } catch (error) {
    const total = Math.round(now() - started)
    return { ok: false, ...named, ...tried, total_ms: total, error: toErrorRecord(error) }
  } finally {
    line.report({ who, state: 'done' })
  }
}

function factsOf(
  { model, mock, attempts, usage }: Extract<Chunk, { type: 'finish' }>,
  started: number,
): Omit<Tried, 'ok' | 'text' | 'first_ms'> {
  const { inputTokens, outputTokens, cost } = usage
  return {
    model,
    mock,
    total_ms: Math.round(now() - started),
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cost,
    attempts,
  }
}

/** The first listed model of every provider whose key is there. */
export async function keyedModels(models: Models, signal: AbortSignal): Promise<readonly string[]> {
  const keyed = (await models.list()).filter(isReal)
  const lists = await Promise.all(
    keyed.map(({ name }) => models.models({ provider: name }, signal)),
  )
  return lists.flatMap(({ rows }) => (rows[0] ? [rows[0].id] : []))
}

const isReal = ({ available, keyed, mock }: Provider): boolean => available && keyed && !mock
