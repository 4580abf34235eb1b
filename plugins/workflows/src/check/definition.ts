import type { Checking } from './checking.ts'
import {
  anything,
  checkFields,
  duration,
  functionOnly,
  isTable,
  expected,
  oneOf,
  text,
  type FieldCheck,
  type Table,
} from './fields.ts'
import { PATTERNS } from './patterns.ts'
import { below, quoted } from './problem.ts'
import { nameSteps } from './step-names.ts'
import { openScope, type WorkflowFacts } from './scope.ts'
import { strategy } from './treatment.ts'

type Checks = Readonly<Record<string, FieldCheck>>

const NAME: FieldCheck = (value, path, findings) => {
  if (typeof value !== 'string') expected('text', value, path, findings)
  else if (value.trim() === '' || value.length > 128 || /\p{C}/u.test(value)) {
    findings.add(path, 'value', 'Expected a name of 1 to 128 printable characters.')
  }
}

const VARS: FieldCheck = (value, path, findings) => {
  if (!isTable(value)) expected('a table of start values', value, path, findings)
}

const BUDGET: FieldCheck = (value, path, findings) => {
  if (!isTable(value)) expected('a table such as { max_cost = 0.5 }', value, path, findings)
}

const COMMON: Checks = {
  name: NAME,
  type: anything,
  description: text,
  input: anything,
  vars: VARS,
  error_strategy: strategy,
  on_error: functionOnly,
  before: functionOnly,
  after: functionOnly,
  timeout: duration(1),
  budget: BUDGET,
  checkpoint: oneOf('step', 'sync', 'none'),
}

const TYPES = Object.keys(PATTERNS)

/** One workflow, at the top or as a step of another: it sees nothing of what is around it. */
export function checkDefinition(
  definition: Table,
  path: string,
  checking: Checking,
  input?: WorkflowFacts['input'],
): void {
  const { findings } = checking
  const { name, type, vars } = definition
  if (name === undefined) findings.add(below(path, 'name'), 'missing', 'The workflow has no name.')
  const pattern =
    typeof type === 'string' && Object.hasOwn(PATTERNS, type) ? PATTERNS[type]! : undefined
  if (!pattern) unknownType(type, below(path, 'type'), checking)
  const stepNames = nameSteps(definition, path, findings)
  const facts = { input, vars: new Set(isTable(vars) ? Object.keys(vars) : []), names: stepNames }
  const own = pattern?.checks(definition, path, openScope(facts), checking)
  const elsewhere = (key: string): string | undefined => belongs(key, String(type))
  if (own) checkFields(definition, { ...COMMON, ...own }, path, findings, elsewhere)
  else checkFields(definition, { ...COMMON, ...unchecked() }, path, findings)
  pattern?.whole(definition, path, checking)
}

function unknownType(type: unknown, path: string, { findings }: Checking): void {
  const list = TYPES.join(', ')
  if (type === undefined) findings.add(path, 'missing', `The workflow has no type: one of ${list}.`)
  else if (typeof type !== 'string') expected(`one of ${list}`, type, path, findings)
  else {
    const message = `There is no workflow type ${quoted(type)}.`
    findings.addUnknown(path, 'value', message, [type, TYPES, `There are ${list}.`])
  }
}

function belongs(key: string, type: string): string | undefined {
  const owners = TYPES.filter((other) => PATTERNS[other]!.keys.includes(key))
  if (owners.length === 0) return undefined
  return `The key '${key}' is for ${owners.join(', ')}; this workflow is ${type}.`
}

/** Where the type is unknown, nothing can be said of the keys of types. */
function unchecked(): Checks {
  return Object.fromEntries(
    TYPES.flatMap((type) => PATTERNS[type]!.keys).map((key) => [key, anything]),
  )
}
