import { describe, isSpellError, printable } from '@llmspell/sdk'
import type { SpellError, Value } from '@llmspell/sdk'
import { jsonError } from './errors.ts'
import type { JsonInput } from './generated/input.ts'
import { tokensOf, valueAt } from './pointer.ts'
import { REFUSED, checked } from './size.ts'

export type Operation = NonNullable<JsonInput['patch']>[number]

/**
 * RFC 6902, all or none: the document given is left as it is.
 * @throws JSON_PATCH_FAILED with the index of the operation
 */
export async function patch(document: Value, operations: readonly Operation[]): Promise<Value> {
  const { applyPatch } = await import('rfc6902')
  // The root stands in an object, so that the root itself can be replaced.
  const holder = { root: structuredClone(document) }
  for (const [index, operation] of operations.entries()) {
    check(holder.root, operation, index)
    const [fault] = applyPatch(holder, [below(operation) as never])
    if (fault) throw failed(index, operation, because(fault, operation, holder.root))
  }
  return checked(holder.root)
}

function below(operation: Operation): Operation {
  const { path, from } = operation
  return {
    ...operation,
    path: `/root${path}`,
    ...(from === undefined ? {} : { from: `/root${from}` }),
  }
}

/** What the library would pass over: inherited names, missing fields. */
function check(document: Value, operation: Operation, index: number): void {
  const { op, path, from } = operation
  const needs = op === 'move' || op === 'copy' ? 'from' : op === 'remove' ? undefined : 'value'
  if (needs && operation[needs] === undefined) throw failed(index, operation, `it needs '${needs}'`)
  if (op === 'remove' && path === '')
    throw failed(index, operation, 'the whole document cannot be removed')
  try {
    for (const token of [...tokensOf(path), ...tokensOf(from ?? '')])
      if (REFUSED.has(token)) throw failed(index, operation, `the name '${token}' is refused`)
    if (needs === 'from') valueAt(document, from!)
    else if (op !== 'add') valueAt(document, path)
    if (needs !== undefined && path !== '') valueAt(document, path.slice(0, path.lastIndexOf('/')))
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'JSON_POINTER') throw error
    throw failed(index, operation, decapitalised(error.message), error.hint)
  }
}

function because(fault: Error, { op, path, value }: Operation, document: Value): string {
  if (op !== 'test') return `there is no such place as '${printable(path)}'`
  return `expected ${describe(value)}, found ${describe(valueAt(document, path))}`
}

function decapitalised(message: string): string {
  return `${message[0]!.toLowerCase()}${message.slice(1).replace(/\.$/, '')}`
}

function failed(index: number, { op, path }: Operation, why: string, hint?: string): SpellError {
  const message = `Operation ${index} of the patch, '${op}' at '${printable(path)}', failed: ${why}.`
  return jsonError('JSON_PATCH_FAILED', message, {
    hint: hint ?? 'Correct this operation; the document was left as it is.',
    details: { index, op, path: printable(path) },
  })
}
