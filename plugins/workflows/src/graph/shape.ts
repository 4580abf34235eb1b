import { isRef } from '@llmspell/sdk'
import { isTable, type Table } from '../check/fields.ts'
import { stepName } from '../check/index.ts'

/** A workflow as a tree of what is drawn. */
export interface Shape {
  readonly name: string
  readonly kind: string
  /** What stands beside the name: the tool, the range, the condition. */
  readonly note?: string
  readonly parts: readonly Part[]
}

/** A step, or a lane of steps. */
export interface Part extends Shape {
  readonly fallback?: Part
  readonly compensate?: Part
}

const FORMS = ['tool', 'agent', 'workflow', 'run', 'steps'] as const

/** Takes a checked definition. */
export function shapeOf(definition: Table): Shape {
  const { name, type, steps, branches, default: otherwise } = definition
  const parts = [
    ...listOf(branches).map((branch, index) => lane(branch, index)),
    ...(otherwise === undefined ? [] : [laneOf('default', otherwise)]),
    ...listOf(steps).map((step, index) => part(step, stepName(step, index))),
  ]
  return { name: String(name), kind: String(type), ...noted(patternNote(definition)), parts }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const noted = (note: string | undefined): { note?: string } => (note === undefined ? {} : { note })

function lane(branch: unknown, index: number): Part {
  const { name, when, steps } = branch as Table
  const called = typeof name === 'string' ? name : `branch_${index + 1}`
  return { ...laneOf(called, steps), ...noted(conditionText(when)) }
}

function laneOf(name: string, steps: unknown): Part {
  const parts = listOf(steps).map((step, index) => part(step, stepName(step, index)))
  return { name, kind: 'branch', parts }
}

function part(step: unknown, name: string): Part {
  if (!isTable(step) || isRef(step, 'handle')) return { name, kind: 'run', parts: [] }
  const form = FORMS.find((one) => step[one] !== undefined) ?? 'run'
  const { when, fallback, compensate, workflow } = step
  const inner = form === 'workflow' && isInline(workflow) ? shapeOf(workflow) : undefined
  const notes = [
    subject(step[form]),
    when === undefined ? undefined : `when ${conditionText(when)}`,
  ]
  return {
    name,
    kind: form,
    ...noted(notes.filter(Boolean).join(', ') || undefined),
    parts: inner ? [{ ...inner, kind: inner.kind }] : steps(step),
    ...(fallback === undefined
      ? {}
      : { fallback: part(fallback, called(fallback, name, 'fallback')) }),
    ...(compensate === undefined
      ? {}
      : { compensate: part(compensate, called(compensate, name, 'undo')) }),
  }
}

function steps({ steps: inner }: Table): readonly Part[] {
  return listOf(inner).map((one, index) => part(one, stepName(one, index)))
}

function called(step: unknown, name: string, ending: string): string {
  return isTable(step) && typeof step['name'] === 'string' ? step['name'] : `${name}_${ending}`
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

const isInline = (value: unknown): value is Table => isTable(value) && !isRef(value, 'handle')

function subject(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (isRef(value, 'handle')) return textOf(value.fields['name']) ?? value.id
  if (!isTable(value)) return undefined
  return textOf(value['name']) ?? textOf(value['model'])
}

function patternNote(definition: Table): string | undefined {
  const { type, range, collection, while_condition: condition, source, wait_for: wait } = definition
  if (type === 'loop' && isTable(range)) return rangeText(range)
  if (type === 'loop' && collection !== undefined) return `each of ${valueText(collection)}`
  if (type === 'loop') return `while ${conditionText(condition)}`
  if (type === 'stream') return `from ${valueText(source)}`
  if (type === 'parallel' && wait !== undefined) return `wait for ${waitText(wait)}`
  return definition['match'] === 'all' ? 'all that hold' : undefined
}

function waitText(wait: unknown): string {
  return isTable(wait) ? `${String(wait['quorum'] as number)}` : String(wait as string)
}

function rangeText({ from, to, start, end, step }: Table): string {
  const by = step === undefined ? '' : ` by ${valueText(step)}`
  if (to !== undefined) return `${valueText(from ?? 1)} to ${valueText(to)}${by}`
  return `${valueText(start ?? 1)} up to ${valueText(end)}${by}`
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'function') return 'a function'
  return Array.isArray(value) ? `${value.length} items` : (JSON.stringify(value) ?? 'nothing')
}

const SIGNS: Readonly<Record<string, string>> = {
  eq: '=',
  ne: '≠',
  lt: '<',
  le: '≤',
  gt: '>',
  ge: '≥',
}

/** A condition in one line. */
function conditionText(condition: unknown): string {
  if (typeof condition === 'boolean') return String(condition)
  if (!isTable(condition)) return 'a function'
  const { value, op, to, step, status } = condition
  if (typeof step === 'string') return `${step} ${String(status as string)}`
  for (const [key, word] of [
    ['all', 'and'],
    ['any', 'or'],
    ['none', 'or'],
  ] as const) {
    if (!Array.isArray(condition[key])) continue
    const text = condition[key].map((one) => conditionText(one)).join(` ${word} `)
    return key === 'none' ? `not (${text})` : `(${text})`
  }
  const sign = SIGNS[op as string] ?? String(op as string)
  return [valueText(value), sign, ...(to === undefined ? [] : [valueText(to)])].join(' ')
}
