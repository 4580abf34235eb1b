import type { Schema } from '@llmspell/sdk'
import {
  checkFields,
  expected,
  isTable,
  oneOf,
  text,
  type FieldCheck,
  type Table,
} from './fields.ts'
import { below, type Findings } from './problem.ts'
import { checkStep } from './reference.ts'
import type { Scope } from './scope.ts'
import { checkTexts } from './texts.ts'

const OPS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'contains', 'matches', 'exists', 'empty']
const UNARY = new Set(['exists', 'empty'])
const ORDER = new Set(['lt', 'le', 'gt', 'ge'])
const FORMS = ['value', 'step', 'all', 'any', 'none']
const STATUSES = ['completed', 'failed', 'skipped']

/** Checks a condition and all inside it. */
export function checkCondition(
  condition: unknown,
  path: string,
  scope: Scope,
  findings: Findings,
): void {
  if (typeof condition === 'boolean' || typeof condition === 'function') return
  if (!isTable(condition)) {
    return expected('a condition: true, false, a function or a table', condition, path, findings)
  }
  const forms = FORMS.filter((form) => condition[form] !== undefined)
  const [form] = forms
  if (forms.length > 1) {
    findings.add(path, 'condition', `A condition has one form, found ${forms.join(' and ')}.`)
  } else if (form === undefined) noForm(condition, path, findings)
  else if (form === 'value') comparison(condition, path, scope, findings)
  else if (form === 'step') status(condition, path, scope, findings)
  else group(form, condition, path, scope, findings)
}

function noForm(condition: Table, path: string, findings: Findings): void {
  const otherwise = 'Write { value = "{{input.x}}", op = "eq", to = 1 }.'
  const message = `A condition needs one of ${FORMS.join(', ')}.`
  const [key] = Object.keys(condition)
  findings.addUnknown(path, 'condition', message, [key ?? '', FORMS, otherwise])
}

function comparison(condition: Table, path: string, scope: Scope, findings: Findings): void {
  const sides: Partial<Record<string, Schema>> = {}
  const side: FieldCheck = (value, place) => {
    const key = value === condition['value'] && place.endsWith('value') ? 'value' : 'to'
    sides[key] = checkTexts(value, place, scope, findings)
  }
  checkFields(condition, { value: side, op: oneOf(...OPS), to: side }, path, findings)
  const { op } = condition
  if (op === undefined) {
    findings.addUnknown(path, 'missing', "The comparison has no 'op'.", ['', OPS, 'Add op = "eq".'])
  } else if (typeof op === 'string' && OPS.includes(op)) {
    operands(op, condition['to'], sides, path, findings)
  }
}

function operands(
  op: string,
  to: unknown,
  sides: Partial<Record<string, Schema>>,
  path: string,
  findings: Findings,
): void {
  const wrong = (message: string): void => findings.add(path, 'condition', message)
  if (UNARY.has(op)) return to === undefined ? undefined : wrong(`'${op}' compares with nothing.`)
  if (to === undefined) return findings.add(path, 'missing', `'${op}' needs 'to'.`)
  const [left, right] = [typeOf(sides['value']), typeOf(sides['to'])]
  if (op === 'matches') return pattern(left, right, path, findings)
  if (op === 'contains') {
    if (left !== undefined && !['string', 'array', 'object'].includes(left)) {
      wrong(`'contains' looks into text, lists and tables, found ${left}.`)
    }
    return
  }
  if (left && right && left !== right && left !== 'null' && right !== 'null') {
    wrong(`Expected both sides of '${op}' to be of one type, found ${left} and ${right}.`)
  } else if (ORDER.has(op)) {
    const odd = [left, right].find((type) => type && type !== 'number' && type !== 'string')
    if (odd) wrong(`'${op}' orders numbers or texts, found ${odd}.`)
  }
}

function typeOf(schema: Schema | undefined): string | undefined {
  const type = (schema as { type?: unknown } | undefined)?.type
  if (typeof type !== 'string') return undefined
  return type === 'integer' ? 'number' : type
}

function pattern(
  left: string | undefined,
  right: string | undefined,
  path: string,
  findings: Findings,
): void {
  if ((left && left !== 'string') || (right && right !== 'string')) {
    findings.add(path, 'condition', `'matches' takes text and a pattern, found ${left ?? right}.`)
  }
}

function status(condition: Table, path: string, scope: Scope, findings: Findings): void {
  checkFields(condition, { step: text, status: oneOf(...STATUSES) }, path, findings)
  if (condition['status'] === undefined) {
    findings.add(path, 'missing', "The condition has no 'status'.", 'Add status = "completed".')
  }
  const { step } = condition
  const at = below(path, 'step')
  if (typeof step === 'string') checkStep(step, 'The condition', { at, scope, findings })
}

function group(
  form: string,
  condition: Table,
  path: string,
  scope: Scope,
  findings: Findings,
): void {
  checkFields(condition, { [form]: () => {} }, path, findings)
  const list = condition[form]
  const at = below(path, form)
  if (!Array.isArray(list)) return expected('a list of conditions', list, at, findings)
  if (list.length === 0) findings.add(at, 'empty', 'The list of conditions is empty.')
  list.forEach((item, index) => checkCondition(item, `${at}[${index}]`, scope, findings))
}
