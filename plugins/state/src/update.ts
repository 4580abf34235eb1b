import { SpellError } from '@llmspell/sdk'
import type { CallContext, HostCallback, Scope, Value } from '@llmspell/sdk'
import type { Reader } from './reader.ts'
import { textOf } from './scope.ts'
import { isConflict } from './writer.ts'
import type { Writer } from './writer.ts'

/** One of so many at a time gets through, so that this many may come at once. */
const MOST_TRIES = 1000

export interface Update {
  readonly scope: Scope
  readonly key: string
  readonly fn: HostCallback
  readonly context: CallContext
}

/** Read, compute, compare and set, again where somebody was faster. @throws STATE_CONFLICT, what `fn` throws */
export async function update(reader: Reader, writer: Writer, asked: Update): Promise<Value> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const made = await once(reader, writer, asked)
    if (made) return made.value
  }
  const { scope, key } = asked
  throw new SpellError(
    'STATE_CONFLICT',
    `'${key}' of '${textOf(scope)}' could not be updated: expected to be the fastest once, found ${MOST_TRIES} changes by others.`,
    { hint: 'Do not change the same key inside its own update.' },
  )
}

async function once(
  reader: Reader,
  writer: Writer,
  { scope, key, fn, context }: Update,
): Promise<{ readonly value: Value } | undefined> {
  const read = async (inner: CallContext): Promise<readonly Value[]> => {
    // The version first: what changes between the two is a conflict, never a loss.
    const version = await reader.versionBefore(scope, key, inner)
    return [version, (await reader.load(scope, key, null, inner)) ?? null]
  }
  const [version, old] = await context.step('read', read, { effect: 'pure' })
  const value = await fn(old!)
  if (value === null) throw nothing(key)
  try {
    const options = { ifVersion: version as number }
    return { value: await writer.save(scope, key, value, options, context) }
  } catch (error) {
    if (isConflict(error)) return undefined
    throw error
  }
}

function nothing(key: string): SpellError {
  return new SpellError(
    'INPUT_INVALID',
    `The function that updates '${key}' gave nothing: expected the new value.`,
    { hint: 'Return the new value; State.delete removes a key.' },
  )
}
