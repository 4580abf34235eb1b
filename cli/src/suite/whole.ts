import { SpellError, toErrorRecord, type TapeReport, type TestCase } from '@llmspell/sdk'
import { answers } from '../run/tape.ts'

/** How something ended. */
export interface Outcome<T> {
  readonly value?: T
  readonly error?: unknown
}

/** Waits for the end, good or bad. */
export async function outcome<T>(act: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await act() }
  } catch (error) {
    return { error }
  }
}

/** A script that has ended, with its cassette. */
interface Whole {
  readonly cases: readonly TestCase[]
  readonly skipped: number
  readonly ended: Outcome<unknown>
  readonly closed: Outcome<TapeReport>
  readonly replays: boolean
}

/** Failures that belong to no case. */
export function* wholeFailures({
  cases,
  skipped,
  ended,
  closed,
  replays,
}: Whole): Generator<[string, unknown]> {
  if ('error' in ended) yield ['(script)', ended.error]
  const known = [...cases.map(({ error }) => error?.message), messageOf(ended.error)]
  const told = (message: string): boolean => known.some((text) => text?.startsWith(message))
  if ('error' in closed && !told(messageOf(closed.error)!)) yield ['(cassette)', closed.error]
  for (const message of closed.value?.missed ?? [])
    if (!told(message)) yield ['(cassette)', new SpellError('REPLAY_MISMATCH', message)]
  if ('error' in ended || cases.some(({ ok }) => !ok)) return
  if (cases.length === 0 && skipped === 0) return yield ['(script)', noCase()]
  const unused = skipped === 0 && replays ? (closed.value?.unused ?? []) : []
  if (unused.length > 0) yield ['(cassette)', notAsked(unused)]
}

const messageOf = (error: unknown): string | undefined =>
  error === undefined ? undefined : toErrorRecord(error).message

/** Code of a script without a case. */
export const NO_CASE = 'INPUT_INVALID'

function noCase(): SpellError {
  return new SpellError(NO_CASE, 'The script has no case.', {
    hint: "Write one: Test.case('adds', function() Test.equal(1 + 1, 2) end)",
  })
}

function notAsked(unused: readonly string[]): SpellError {
  const rows = unused.map((row) => `\n  ${row}`).join('')
  const text = `The cassette has ${answers(unused.length)} that nobody asked for:${rows}`
  return new SpellError('REPLAY_MISMATCH', text, {
    hint: 'Take them out with: llmspell test --record',
  })
}
