import type { Schema } from '@llmspell/sdk'
import { quoted, type Findings } from './problem.ts'
import { schemaAt } from './schema-path.ts'
import { lookUp, visibleSteps, type Lookup, type Scope } from './scope.ts'
import type { Reference } from './template.ts'

const ROOTS = ['input', 'vars', 'steps', 'item', 'index', 'run', 'name']
const FIELDS = ['output', 'text', 'data', 'status', 'error']
const TEXTS = new Set(['text', 'status'])

/** What can be known of a reference's value before the run. */
export type Known = Schema | undefined

const TEXT: Schema = { type: 'string' }
const ANY: Schema = {}

/** Adds what is wrong with a reference. @returns what its value will be; undefined where it cannot be */
export function checkReference(
  { path, source }: Reference,
  at: string,
  scope: Scope,
  findings: Findings,
): Known {
  const [root, ...rest] = path
  const subject = quoted(`{{${source}}}`)
  const wrong = (message: string, hint?: string): undefined => {
    findings.add(at, 'reference', `${subject} ${message}`, hint)
  }
  switch (root) {
    case 'steps':
      return stepReference(rest, { at, scope, findings, subject, wrong })
    case 'input':
      return known(scope.workflow.input ?? ANY, rest, { at, findings, subject })
    case 'vars':
      return varReference(rest, { at, scope, findings, subject, wrong })
    case 'run':
      if (rest.length === 1 && rest[0] === 'id') return TEXT
      return wrong('cannot exist: a run has its id.', 'Write {{run.id}}.')
    case 'name':
      return rest.length === 0 ? TEXT : wrong('cannot exist: the name of the workflow is text.')
    case 'item':
    case 'index':
      return loopReference(root, rest, scope, wrong)
    default:
      findings.addUnknown(at, 'reference', `${subject} refers to nothing that there is.`, [
        root,
        ROOTS,
        `There are ${ROOTS.join(', ')}.`,
      ])
      return undefined
  }
}

interface Place {
  readonly at: string
  readonly scope: Scope
  readonly findings: Findings
  readonly subject: string
  wrong(message: string, hint?: string): undefined
}

const STANDING: Record<Exclude<Lookup, 'ended' | 'unknown'>, readonly [string, string]> = {
  itself: ['refers to the step that it stands in: a cycle.', 'Refer to a step before it.'],
  later: ['refers forward, to a step that runs later: a cycle.', 'Move that step before this one.'],
  together: ['refers to a step that runs at the same time.', 'Put both into a sequence.'],
}

function stepReference(rest: readonly string[], place: Place): Known {
  const [name, field, ...deeper] = rest
  if (name === undefined) return place.wrong('names no step.', 'Write {{steps.NAME.output}}.')
  const found = checkStep(name, place.subject, place)
  if (!found) return undefined
  if (field === undefined) {
    return place.wrong('names no field of the step.', `Write {{steps.${name}.output}}.`)
  }
  if (!FIELDS.includes(field)) return unknownField(field, place)
  if (!TEXTS.has(field)) return ANY
  return deeper.length === 0 ? TEXT : place.wrong(`cannot exist: '${field}' is text.`)
}

function unknownField(field: string, { at, findings, subject }: Place): undefined {
  const message = `${subject} cannot exist: a step has no ${quoted(field)}.`
  findings.addUnknown(at, 'reference', message, [
    field,
    FIELDS,
    `A step has ${FIELDS.join(', ')}; fields of its result are below 'output'.`,
  ])
}

/** Adds why a step cannot be referred to here. */
export function checkStep(
  name: string,
  subject: string,
  { at, scope, findings }: Pick<Place, 'at' | 'scope' | 'findings'>,
): boolean {
  const found = lookUp(scope, name)
  if (found === 'ended') return true
  if (found === 'unknown') {
    const message = `${subject} refers to the step ${quoted(name)}, which is not in sight here.`
    findings.addUnknown(at, 'reference', message, [name, visibleSteps(scope)])
  } else {
    const [message, hint] = STANDING[found]
    findings.add(at, found === 'together' ? 'reference' : 'cycle', `${subject} ${message}`, hint)
  }
  return false
}

function varReference([name]: readonly string[], { at, scope, findings, subject }: Place): Known {
  const { vars } = scope.workflow
  if (name === undefined || vars.has(name)) return ANY
  const message = `${subject} refers to ${quoted(name)}, which is not among 'vars'.`
  findings.addUnknown(at, 'reference', message, [name, vars, "Give it a start value in 'vars'."])
  return undefined
}

function loopReference(
  root: 'item' | 'index',
  rest: readonly string[],
  { loop }: Scope,
  wrong: Place['wrong'],
): Known {
  if (!loop[root]) {
    return loop.index
      ? wrong('cannot exist: a loop with a condition has no items.', 'There is {{index}}.')
      : wrong('cannot exist outside of a loop or stream.')
  }
  if (root === 'item') return ANY
  return rest.length === 0 ? { type: 'integer' } : wrong("cannot exist: 'index' is a number.")
}

function known(
  schema: Schema,
  rest: readonly string[],
  { at, findings, subject }: Pick<Place, 'at' | 'findings' | 'subject'>,
): Known {
  const found = schemaAt(schema, rest)
  if ('schema' in found) return found.schema
  const { missing, candidates, scalar } = found
  if (scalar !== undefined) {
    findings.add(at, 'reference', `${subject} cannot exist: ${scalar} has nothing below it.`)
  } else {
    const message = `${subject} cannot exist: the input has no ${quoted(missing)}.`
    findings.addUnknown(at, 'reference', message, [
      missing,
      candidates,
      candidates.length > 0 ? `There are ${candidates.join(', ')}.` : undefined,
    ])
  }
  return undefined
}
