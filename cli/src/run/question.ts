import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { printable, type ApprovalQuestion, type PermissionNeed, type Value } from '@llmspell/sdk'

/** Who acts where no agent does. */
export type Caller = 'the script' | 'you, by tool invoke'

/** A question in rows of a name and a text. */
export interface Rows {
  readonly head: string
  readonly rows: readonly (readonly [name: string, text: string])[]
  /** Nothing was shortened. */
  readonly whole: boolean
}

const MOST_LINES = 20
const LONGEST = 8192
const WIDTH = 68
const INDENT = '\n         '

export function rowsOf(question: ApprovalQuestion, caller: Caller): Rows {
  const { need, subject, actors, reason, rule } = question
  const target = targetText(need)
  const facts = Object.entries(need.facts ?? {}).map(([name, value]) => factOf(name, value))
  const whole = target.length <= LONGEST && facts.every((fact) => fact.whole)
  const programs = need.facts !== undefined && Object.hasOwn(need.facts, 'argv')
  const rows: [string, string][] = [
    ['for', actors.length === 0 ? caller : actors.map((one) => printable(one)).join(' › ')],
    ['why', wrapped(printable(reason, 400))],
    ...facts.map(({ name, text }): [string, string] => [name, text]),
    ...(need.also ?? []).map(({ permission, target: other, shown }): [string, string] => [
      'also',
      wrapped(`${permission} ${printable(shown ?? other, LONGEST)}`),
    ]),
    ['always', wrapped(alwaysText(rule, question.noRule, need, whole))],
  ]
  // The words of a command stand below, one in a line.
  const what = programs ? printable(programOf(need)) : wrapped(target)
  return { head: `${printable(subject)} wants: ${need.permission} ${what}`, rows, whole }
}

function alwaysText(
  rule: string | undefined,
  noRule: string | undefined,
  need: PermissionNeed,
  whole: boolean,
): string {
  if (rule === undefined) return `not offered: ${printable(noRule ?? 'no rule can say it', 400)}`
  if (!whole) return 'not offered: not all of it can be shown'
  return `writes ${printable(rule, LONGEST)}${isFolder(need) ? ' (and all below it)' : ''}`
}

function isFolder({ permission, target }: PermissionNeed): boolean {
  if (permission !== 'read' && permission !== 'write') return false
  return statSync(target, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function programOf({ facts }: PermissionNeed): string {
  const argv = facts?.['argv']
  return Array.isArray(argv) ? String(argv[0]) : ''
}

function targetText({ permission, target }: PermissionNeed): string {
  if (permission !== 'read' && permission !== 'write') return printable(target, LONGEST)
  const below = relative(process.cwd(), target)
  const shown = below === '' || below.startsWith('..') ? target : `./${below}`
  return printable(shown, LONGEST)
}

interface Fact {
  readonly name: string
  readonly text: string
  readonly whole: boolean
}

/** A list is shown whole, one item in a line; of other texts the first lines. */
function factOf(name: string, value: Value): Fact {
  const shown = printable(name, 20)
  if (Array.isArray(value)) {
    const items = value.map((item) => wrapped(quotedText(item)))
    return { name: shown, text: items.join(INDENT), whole: true }
  }
  if (typeof value === 'object' && value !== null) {
    const items = Object.entries(value).map(([key, item]) =>
      wrapped(`${printable(key)}: ${quotedText(item)}`),
    )
    return { name: shown, text: items.join(INDENT), whole: true }
  }
  const lines = String(value).split('\n')
  const kept = lines.slice(0, MOST_LINES).map((line) => printable(line))
  const more = lines.length - kept.length
  const text = [...kept, ...(more > 0 ? [`… ${more} more lines`] : [])].join(INDENT)
  return { name: shown, text, whole: more <= 0 && kept.every((line, i) => line === lines[i]) }
}

/** An item that could be taken for several, or for none, stands in quotes. */
function quotedText(item: Value | undefined): string {
  const text = typeof item === 'string' ? item : JSON.stringify(item)
  return printable(/^[^\s"]+$/.test(text) ? text : JSON.stringify(text), Infinity)
}

/** Long lines go on in the next one: nothing is cut. */
function wrapped(text: string): string {
  const chars = Array.from(text)
  const lines: string[] = []
  for (let i = 0; i < chars.length; i += WIDTH) lines.push(chars.slice(i, i + WIDTH).join(''))
  return lines.join(INDENT)
}
