import { plain } from '../print/escape.ts'
import { usageText } from '../print/spent.ts'
import type { Paint, Style } from '../print/style.ts'
import { WIDTH } from '../print/table.ts'
import { cut } from '../runs/texts.ts'
import { nested, type Node } from './nest.ts'
import type { HookEvent, PointEvent, Trace, TraceEvent } from './service.ts'

const MOST_LINES = 400

const WORDS: Readonly<Record<string, string>> = {
  'tool.done': 'tool',
  'llm.done': 'model',
  'agent.done': 'agent',
  'workflow.done': 'workflow',
  'workflow.stepDone': 'step',
  'script.done': 'script',
  'permission.decided': 'permission',
  'call.done': '',
}

/** A tree of what happened: when it began, how long it took, and what it was. */
export function traceTree(trace: Trace, paint: Paint): string {
  const lines = drawn(nested(trace.events), '', paint)
  const shown = lines.slice(0, MOST_LINES)
  const missing = lines.length - shown.length + trace.left_out
  const more = `… ${missing} more: llmspell hooks explain ${plain(trace.run)} --json`
  const head = cut(`trace of run ${plain(trace.run)}`, WIDTH)
  const all = [paint('bold', head), ...shown, ...(missing > 0 ? [more] : [])]
  return all.map((line) => `${line}\n`).join('')
}

function drawn(nodes: readonly Node[], indent: string, paint: Paint): string[] {
  return nodes.flatMap(({ event, inside }, i) => {
    const last = i === nodes.length - 1
    const [branch, below] = indent === '' ? ['', ' '] : last ? ['└─ ', '   '] : ['├─ ', '│  ']
    const changes = event.type === 'hook' ? (event.changes ?? []) : []
    return [
      line(event, indent + branch, paint),
      ...changes.map((change) => note(change, `${indent}${below}  `, paint)),
      ...drawn(inside, indent + below, paint),
    ]
  })
}

function line(event: TraceEvent, indent: string, paint: Paint): string {
  const times = `${`+${event.at.toFixed(1)}`.padStart(10)} ${event.ms.toFixed(1).padStart(9)} ms  `
  const { text, style } = event.type === 'hook' ? hookText(event) : pointText(event)
  const shown = cut(plain(text).replaceAll(/\s+/g, ' '), WIDTH - times.length - indent.length)
  return `${paint('dim', times + indent)}${style ? paint(style, shown) : shown}`
}

function note(text: string, indent: string, paint: Paint): string {
  const left = `${' '.repeat(25)}${indent}`
  return paint('dim', left + cut(plain(text).replaceAll(/\s+/g, ' '), WIDTH - left.length))
}

interface Shown {
  readonly text: string
  readonly style?: Style
}

function pointText({ point, component = '', actor, ok, code, tokens, cost }: PointEvent): Shown {
  const what = `${WORDS[point] ?? point} ${component}`.trim()
  const spent = tokens === undefined ? '' : usageText({ inputTokens: tokens, cost: cost ?? 0 })
  const failed = ok === false ? (code ?? 'failed') : ''
  const by = actor === undefined || actor === 'script' ? '' : `by ${actor}`
  const text = [what, failed, spent, by].filter(Boolean).join('  ')
  return ok === false ? { text, style: 'red' } : { text }
}

function hookText(event: HookEvent): Shown {
  const text = `hook ${event.point} of ${hookName(event)} ${event.outcome}`
  if (event.outcome === 'failed') return { text: `${text}: ${event.error ?? ''}`, style: 'red' }
  return { text, style: event.outcome === 'went on' ? 'dim' : 'cyan' }
}

/** Whose hook it is, and what it calls itself. */
export function hookName({ owner, label }: HookEvent): string {
  return label === undefined ? owner : `${owner} (${label})`
}
