import { inputInvalid } from '@llmspell/sdk'
import type { DatetimeInput } from './generated/input.ts'

type Operation = DatetimeInput['operation']
type Part = 'value' | 'other' | 'to' | 'amount' | 'unit' | 'units' | 'format'

const NEEDS: Readonly<Record<Operation, readonly Part[]>> = {
  now: [],
  parse: ['value'],
  format: ['value', 'format'],
  add: ['value', 'amount'],
  subtract: ['value', 'amount'],
  diff: ['value', 'other'],
  convert: ['value', 'to'],
  start: ['value', 'unit'],
  end: ['value', 'unit'],
  info: ['value'],
}
const MAY: Readonly<Partial<Record<Operation, readonly Part[]>>> = { diff: ['units'] }
const PARTS: readonly Part[] = ['value', 'other', 'to', 'amount', 'unit', 'units', 'format']

/** Each operation has what it needs, and nothing that it would not look at. @throws INPUT_INVALID */
export function checkParts(input: DatetimeInput): void {
  const { operation } = input
  const needs = NEEDS[operation]
  const takes = [...needs, ...(MAY[operation] ?? (operation === 'diff' ? [] : ['format']))]
  if (input.format === 'relative') takes.push('other')
  const missing = needs.filter((part) => input[part] === undefined)
  const extra = PARTS.filter((part) => input[part] !== undefined && !takes.includes(part))
  const rows = [
    ...missing.map((path) => ({ path, expected: `a value for ${operation}`, found: 'nothing' })),
    ...extra.map((path) => ({ path, expected: `nothing for ${operation}`, found: 'a value' })),
  ]
  if (rows.length > 0) throw inputInvalid("Tool 'datetime'", rows)
}
