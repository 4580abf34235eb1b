import type { Progress, Usage } from '@llmspell/sdk'
import { plain } from './escape.ts'
import { spanText, sumOf, usageText } from './spent.ts'

const MOST_RUNNING = 8
const MOST_ENDED = 4
const SIGNS = { done: '✓', failed: '✗' } as const

interface Step {
  readonly name: string
  readonly since: number
  ended?: { readonly state: 'done' | 'failed'; readonly at: number }
  text: string
  usage: Partial<Usage>
}

/** A report about one step of work that has several. */
export type StepProgress = Progress & { readonly step: string }

export function isStep(progress: Progress): progress is StepProgress {
  return progress.step !== undefined
}

/** The steps of the work under way: which run, side by side too, and which have just ended. */
export class Steps {
  readonly #steps = new Map<string, Step>()
  #spent: Usage = sumOf([])

  /** Takes a report. @returns the line of the step where it ended */
  take(progress: StepProgress, moment: number): string | undefined {
    const { who, step, lane, state, text, usage } = progress
    const key = [who, lane, step].join('\0')
    const name = lane === undefined ? step : `${lane}: ${step}`
    const known = this.#steps.get(key)
    const begins = !known || (known.ended !== undefined && state === 'started')
    const row: Step = begins ? { name, since: moment, text: '', usage: {} } : known
    if (text !== undefined) row.text = text
    if (usage) row.usage = usage
    // What began again stands behind what ended before.
    if (begins) this.#steps.delete(key)
    this.#steps.set(key, row)
    if (state !== 'done' && state !== 'failed') return undefined
    row.ended = { state, at: moment }
    this.#spent = sumOf([this.#spent, row.usage])
    this.#letGo()
    return `${share(progress)}${lineOf(row, moment, SIGNS[state])}`
  }

  /** Forgets the steps of work that is over. */
  forget(who: string): void {
    for (const key of this.#steps.keys()) if (key.startsWith(`${who}\0`)) this.#steps.delete(key)
    if (this.isEmpty) this.#spent = sumOf([])
  }

  /** Keeps the last few that ended: a loop may have many. */
  #letGo(): void {
    const ended = [...this.#steps].filter(([, row]) => row.ended)
    for (const [key] of ended.slice(0, -MOST_ENDED)) this.#steps.delete(key)
  }

  get isEmpty(): boolean {
    return this.#steps.size === 0
  }

  /** What the steps that ended have spent. */
  get spent(): string {
    return usageText(this.#spent)
  }

  /** The last that ended, then all that run, as far as there is room. */
  lines(moment: number, frame: string): string[] {
    const rows = [...this.#steps.values()]
    const running = rows.filter(({ ended }) => !ended)
    const ended = rows.filter((row) => row.ended)
    const more = running.length - MOST_RUNNING
    return [
      ...ended.map((row) => lineOf(row, moment, SIGNS[row.ended!.state])),
      ...running.slice(0, MOST_RUNNING).map((row) => lineOf(row, moment, frame)),
      ...(more > 0 ? [`… and ${more} more`] : []),
    ]
  }
}

const share = ({ done, total }: Progress): string =>
  done === undefined ? '' : `${[done, total].filter((part) => part !== undefined).join('/')} `

function lineOf({ name, since, ended, text, usage }: Step, moment: number, sign: string): string {
  const facts = [spanText((ended?.at ?? moment) - since), usageText(usage), text]
  return plain(`${sign} ${name}  ${facts.filter(Boolean).join('  ')}`).replaceAll('\n', ' ')
}
