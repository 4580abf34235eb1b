import { SpellError } from '@llmspell/sdk'
import { count } from '../entry.ts'
import type { Entry } from '../entry.ts'
import type { Command } from './command.ts'
import { cut } from './table.ts'

const COLUMNS = 39

export const time: Command = {
  name: 'time',
  doc: 'Shows what each entry took: time, calls, tokens and money.',
  act({ session }) {
    const { entries, past } = session
    const room = session.columns - COLUMNS - 1
    const rows = entries.map((entry, i) => rowOf(String(i + 1), entry, room))
    const gone = past.length === 0 ? [] : [rowOf('', { ...sum(past), text: 'no more there' }, room)]
    const all = rowOf('', { ...sum([...past, ...entries]), text: 'all' }, room)
    return [HEAD, ...rows, ...gone, all].join('\n')
  },
}

type Spent = Pick<Entry, 'ms' | 'calls' | 'usage'>

function sum(entries: readonly Entry[]): Spent {
  const of = (read: (entry: Entry) => number): number =>
    entries.reduce((total, entry) => total + read(entry), 0)
  return {
    ms: of(({ ms }) => ms),
    calls: of(({ calls }) => calls),
    usage: {
      inputTokens: of(({ usage }) => usage.inputTokens),
      outputTokens: of(({ usage }) => usage.outputTokens),
      cost: of(({ usage }) => usage.cost),
    },
  }
}

const columns = (cells: readonly string[]): string => {
  const [number = '', ms = '', calls = '', tokens = '', cost = '', text = ''] = cells
  return `${number.padStart(4)}${ms.padStart(10)}${calls.padStart(6)}${tokens.padStart(8)}${cost.padStart(9)}  ${text}`
}

const HEAD = columns(['#', 'ms', 'calls', 'tokens', 'dollars', 'entry'])

function rowOf(number: string, entry: Spent & Pick<Entry, 'text'>, room: number): string {
  const { text, ms, calls, usage } = entry
  const tokens = usage.inputTokens + usage.outputTokens
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const cells = [number, ms.toFixed(1), `${calls}`, `${tokens}`, usage.cost.toFixed(4)]
  return columns([...cells, cut(line, room)])
}

/** What they registered ends with the entry. */
const ENDS: ReadonlySet<string> = new Set(['Tool.define', 'Hook.register', 'Event.subscribe'])

export const undo: Command = {
  name: 'undo',
  doc: 'Takes the last entry back: variables are as they were before it.',
  async act({ session }) {
    const undone = await session.undo()
    if (!undone) throw nothing()
    const { lost, reason, entries } = undone
    const stays = undone.stays.filter((call) => !ENDS.has(call))
    const kept =
      stays.length === 0 ? '' : `\nWhat it did outside of the script stays: ${stays.join(', ')}.`
    const why = reason ? `: ${reason.message}` : '.'
    const gone =
      lost.length === 0 ? '' : `\nLost: ${count(lost.length)} behind the first ${entries}${why}`
    return `Taken back: ${undone.text}${kept}${gone}`
  },
}

function nothing(): SpellError {
  return new SpellError('REPL_NOTHING_TO_UNDO', 'There is no entry to take back.', {
    hint: 'Only entries of this session and engine can be.',
  })
}
