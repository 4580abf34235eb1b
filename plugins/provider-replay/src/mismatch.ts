import { SpellError } from '@llmspell/sdk'
import type { Interaction, TapedRequest } from './cassette.ts'
import { unifiedDiff } from './diff.ts'
import { keyOf, shown, titleOf } from './request.ts'

/** Lines of a difference that a message shows; details have all. */
const MOST_LINES = 80
const MOST_TEXT = 100_000

/** A recorded request and where it stands in the file. */
export interface Numbered {
  readonly interaction: Interaction
  readonly index: number
  readonly used: boolean
}

/**
 * REPLAY_MISMATCH for a request that the cassette has no answer to, with what is nearest to it.
 * @param isNew there is no cassette at all
 */
export function mismatch(
  file: string,
  request: TapedRequest,
  all: readonly Numbered[],
  isNew: boolean,
): SpellError {
  const title = titleOf(request)
  const nearest = nearestOf(request, all)
  if (!nearest) {
    const why = isNew ? ': there is no cassette yet' : ', and nothing else is in it'
    return failure(file, `${title} was not recorded${why}`, {}, isNew ? FIRST : AGAIN)
  }
  const { index, interaction, used } = nearest
  const diff = unifiedDiff(shown(interaction.request), shown(request), [
    `recorded: interactions[${index}]`,
    'asked',
  ])
  if (diff === '') return failure(file, `${title} was asked more often than recorded`, { index })
  const note = used ? ', which was used already' : ''
  const text = `${title} was not recorded; the nearest is interactions[${index}]${note}`
  const details = { index, diff: diff.slice(0, MOST_TEXT) }
  return failure(file, text, details, otherModel(interaction.request, request))
}

const FIRST = 'Ask the model and keep its answers: run it again with --record.'
const AGAIN = 'Undo the change, or record the cassette again.'

/** What to do where the same was asked of another model. */
function otherModel(recorded: TapedRequest, asked: TapedRequest): string {
  const model = `${recorded.provider}/${recorded.model}`
  if (model === `${asked.provider}/${asked.model}`) return AGAIN
  return `It was recorded with another model: add --model ${model}, or record the cassette again.`
}

function failure(
  file: string,
  text: string,
  details: { readonly index?: number; readonly diff?: string },
  hint = AGAIN,
): SpellError {
  const { diff } = details
  const shownDiff = diff === undefined ? '' : `\n${cut(diff)}`
  return new SpellError('REPLAY_MISMATCH', `Cassette '${file}': ${text}.${shownDiff}`, {
    hint,
    details: { cassette: file, ...details },
  })
}

function cut(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line))
  const more = lines.length - MOST_LINES
  return more > 0
    ? [...lines.slice(0, MOST_LINES), `… ${more} more lines`].join('\n')
    : lines.join('\n')
}

/** The same one, else the most alike, those that are unused first. */
function nearestOf(request: TapedRequest, all: readonly Numbered[]): Numbered | undefined {
  const same = all.find(({ interaction }) => keyOf(interaction.request) === keyOf(request))
  if (same) return same
  const open = all.filter(({ used }) => !used)
  const lines = linesOf(request)
  const scored = (open.length > 0 ? open : all).map((each) => {
    return { each, score: likeness(lines, linesOf(each.interaction.request)) }
  })
  return scored.reduce<(typeof scored)[number] | undefined>(
    (best, next) => (best && best.score >= next.score ? best : next),
    undefined,
  )?.each
}

function linesOf(request: TapedRequest): readonly string[] {
  return shown(request).split('\n')
}

/** Share of lines that both have. */
function likeness(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const line of a) counts.set(line, (counts.get(line) ?? 0) + 1)
  let shared = 0
  for (const line of b) {
    const left = counts.get(line) ?? 0
    if (left > 0) shared++
    counts.set(line, left - 1)
  }
  return (2 * shared) / (a.length + b.length)
}
