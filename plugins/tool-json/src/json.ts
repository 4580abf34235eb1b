import type { Tool, ToolCall, ToolOutput, Value, Workers } from '@llmspell/sdk'
import { checkFields } from './fields.ts'
import { format } from './format.ts'
import type { JsonInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import { validate as validateOutput } from './generated/output.validate.js'
import { heavy } from './heavy.ts'
import { merge } from './merge.ts'
import { parse } from './parse.ts'
import { valueAt } from './pointer.ts'
import type { Outcome } from './outcome.ts'
import type { Operation } from './patch.ts'
import { isPath } from './query.ts'
import { checked, sizeOf } from './size.ts'

/** The services it works with. */
export interface Rooms {
  readonly workers: Workers
}

/** The tool. What may blow up runs in a thread; the rest costs less than the way there. */
export function json(rooms: Rooms): Tool<JsonInput> {
  return {
    validate,
    validateOutput,
    async execute(input, call) {
      checkFields(input)
      const document = input.data === undefined ? parse(input.text!) : (input.data as Value)
      return outputOf(input, await perform(document, input, { rooms, call }))
    },
  }
}

interface Around {
  readonly rooms: Rooms
  readonly call: ToolCall
}

async function perform(document: Value, input: JsonInput, around: Around): Promise<Outcome> {
  switch (input.operation) {
    case 'query':
      return { value: await queried(document, input.expression!, around) }
    case 'pointer':
      return { value: checked(valueAt(document, input.pointer!)) }
    case 'patch':
      return { value: await patched(document, input.patch!, around) }
    case 'merge':
      return { value: checked(merge(document, input.merge as Value)) }
    case 'validate':
      return heavy(around.rooms.workers, around.call, 'check', [document, input.schema!])
    case 'diff':
      return { patch: await differences(document, input.to as Value, around) }
    case 'parse':
      return { value: document }
    case 'format':
      return { text: format(document, formatOf(input)) }
  }
}

function formatOf({ indent = 2, sort_keys: sortKeys = false }: JsonInput) {
  return { indent, sortKeys }
}

const SMALL = 2000

async function queried(document: Value, expression: string, around: Around): Promise<Value> {
  if (!isPath(expression) || sizeOf(document, SMALL) > SMALL)
    return heavy(around.rooms.workers, around.call, 'query', [document, expression])
  const { query } = await import('./query.ts')
  return query(document, expression)
}

/** Each copy may double the document, each operation may walk all of it. */
async function patched(
  document: Value,
  operations: readonly Operation[],
  around: Around,
): Promise<Value> {
  const copies = operations.filter(({ op }) => op === 'copy').length
  const most = (sizeOf(document, SMALL) + sizeOf(operations, SMALL)) * 2 ** copies
  if (most * operations.length > 10 * SMALL)
    return heavy(around.rooms.workers, around.call, 'patch', [document, operations])
  const { patch } = await import('./patch.ts')
  return patch(document, operations)
}

/** Arrays are compared each element with each. */
async function differences(from: Value, to: Value, around: Around): Promise<readonly object[]> {
  const args = [from, to] as const
  const isSmall = sizeOf(from, SMALL) * sizeOf(to, SMALL) <= SMALL
  const { diff } = await import('./diff.ts')
  return isSmall
    ? await diff(...args)
    : await heavy(around.rooms.workers, around.call, 'diff', args)
}

function outputOf({ operation }: JsonInput, result: Outcome): ToolOutput {
  const { value, text } = result
  const shown = text ?? (typeof value === 'string' ? value : undefined)
  const output = { result: result as unknown as Value, operation }
  if (shown !== undefined) return { ...output, text: shown }
  return value === undefined ? output : { ...output, text: JSON.stringify(value, undefined, 2) }
}
