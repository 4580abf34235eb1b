import { isRef } from '@llmspell/sdk'
import type { Checking } from './checking.ts'
import { checkCondition } from './condition.ts'
import {
  boolean,
  checkFields,
  duration,
  expected,
  functionOnly,
  isTable,
  type FieldCheck,
  type Table,
} from './fields.ts'
import { below, kindOf, quoted } from './problem.ts'
import type { Scope } from './scope.ts'
import { checkAgent, checkInput, checkTool, checkWorkflowForm } from './forms.ts'
import { checkSteps } from './steps.ts'
import { retry, strategy } from './treatment.ts'

const FORMS = ['tool', 'agent', 'workflow', 'run', 'steps'] as const
type Form = (typeof FORMS)[number]

/** One step: a table, or what stands for one by itself. */
export function checkStep(step: unknown, path: string, scope: Scope, checking: Checking): void {
  if (typeof step === 'function' || isRef(step, 'handle')) return
  if (isTable(step)) checkStepTable(step, path, scope, checking)
  else expected('a step: a table with one form, such as a tool', step, path, checking.findings)
}

/** A step written as a table: its form, its input and how it is treated. */
function checkStepTable(step: Table, path: string, scope: Scope, checking: Checking): void {
  const form = formOf(step, path, checking)
  checkFields(step, checks(step, form, path, scope, checking), path, checking.findings)
}

function formOf(step: Table, path: string, { findings }: Checking): Form | undefined {
  const forms = FORMS.filter((form) => step[form] !== undefined)
  const [form] = forms
  if (forms.length > 1) {
    findings.add(path, 'form', `A step has exactly one form, found ${forms.join(' and ')}.`)
  } else if (form === undefined) {
    const wrong = Object.keys(step).find((key) => !OTHERS.has(key)) ?? ''
    const message = `The step has no form: expected one of ${FORMS.join(', ')}.`
    findings.addUnknown(path, 'form', message, [
      wrong,
      FORMS,
      'Add for example tool = "calculator".',
    ])
  }
  checkType(step['type'], forms, below(path, 'type'), findings)
  return forms.length === 1 ? form : undefined
}

function checkType(
  type: unknown,
  forms: readonly Form[],
  path: string,
  findings: Checking['findings'],
): void {
  if (type === undefined) return
  if (typeof type !== 'string') return expected('text', type, path, findings)
  if (!(FORMS as readonly string[]).includes(type)) {
    const message = `There is no step type ${quoted(type)}.`
    findings.addUnknown(path, 'form', message, [type, FORMS, `There are ${FORMS.join(', ')}.`])
  } else if (forms.length === 1 && forms[0] !== type) {
    findings.add(path, 'form', `The type is '${type}', and the step's form is '${forms[0]}'.`)
  }
}

type Checks = Readonly<Record<string, FieldCheck>>

const NAME: FieldCheck = (value, path, findings) => {
  if (typeof value !== 'string') return expected('text', value, path, findings)
  if (value.length >= 1 && value.length <= 128 && !/[\p{C}"[\]{}]/u.test(value)) return
  const message = `Expected a name of 1 to 128 characters without quotes and brackets, found ${kindOf(value)}.`
  findings.add(path, 'value', message)
}

const FIXED: Checks = {
  name: NAME,
  type: () => {},
  run: functionOnly,
  timeout: duration(1),
  retry,
  on_error: functionOnly,
  error_strategy: strategy,
  optional: boolean,
}
const OTHERS = new Set([...Object.keys(FIXED), 'input', 'when', 'fallback', 'compensate'])

function checks(
  step: Table,
  form: Form | undefined,
  path: string,
  scope: Scope,
  checking: Checking,
): Checks {
  const { findings } = checking
  // Both run when the step itself has come to its end.
  const other: FieldCheck = (value, place) =>
    checkStep(value, place, { ...scope, ended: true }, checking)
  return {
    ...FIXED,
    tool: (value, place) => checkTool(value, place, checking),
    agent: (value, place) => checkAgent(value, place, checking),
    workflow: (value, place) => checkWorkflowForm(value, place, checking),
    steps: (value, place) => checkSteps(value, place, scope, checking),
    input: (value, place) => checkInput(value, form, place, scope, checking),
    when: (value, place) => checkCondition(value, place, scope, findings),
    fallback: other,
    compensate: other,
  }
}
