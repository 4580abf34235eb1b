import { SpellError } from '@llmspell/sdk'
import type { CallContext, HostCallback, Scope, Value } from '@llmspell/sdk'
import { textOf } from '../scope.ts'

/** What a script says of the versions of one scope. */
export interface Definition {
  readonly scope: Scope
  readonly version: number
  readonly schema?: object
  /** By the version that each begins with. */
  readonly steps: ReadonlyMap<number, HostCallback>
}

export interface DefineSpec {
  readonly version: number
  readonly schema?: object
  readonly migrate?: readonly HostCallback[] | Readonly<Record<string, HostCallback>>
}

/** What each run that is under way has defined. */
export class Definitions {
  readonly #runs = new Map<string, Map<string, Definition>>()

  add(scope: Scope, spec: DefineSpec, context: CallContext): Definition {
    const { version, schema } = spec
    const steps = stepsOf(spec)
    const definition = { scope, version, ...(schema === undefined ? {} : { schema }), steps }
    if (!this.#runs.has(context.runId)) {
      this.#runs.set(context.runId, new Map())
      context.onEnd(() => void this.#runs.delete(context.runId))
    }
    this.#runs.get(context.runId)!.set(textOf(scope), definition)
    return definition
  }

  all(context: CallContext): readonly Definition[] {
    return [...(this.#runs.get(context.runId)?.values() ?? [])]
  }
}

function stepsOf({ version, migrate = {} }: DefineSpec): ReadonlyMap<number, HostCallback> {
  // A list in Lua begins with the step from version 1.
  const pairs = Array.isArray(migrate)
    ? migrate.map((fn: HostCallback, i): [string, HostCallback] => [String(i + 1), fn])
    : Object.entries(migrate as Readonly<Record<string, HostCallback>>)
  return new Map(
    pairs.map(([text, fn]) => {
      const from = Number(text)
      if (Number.isSafeInteger(from) && from >= 0 && from < version) return [from, fn]
      throw new SpellError(
        'INPUT_INVALID',
        `State.define got an invalid 'migrate': expected versions below ${version}, found '${text}'.`,
        { hint: 'Write each step under the version that it begins with.' },
      )
    }),
  )
}

/** The version of data that nobody has defined before. */
export function oldestOf({ steps, version }: Definition): number {
  return Math.min(version, ...steps.keys())
}

export type Table = { readonly [key: string]: Value }

/** An empty table of Lua is a list. */
export function tableOf(value: Value | undefined, definition: Definition): Table {
  const empty = Array.isArray(value) && value.length === 0
  if (empty) return {}
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if (!(value instanceof Uint8Array)) return value as Table
  }
  throw failed(definition, 'a step gave no table of keys and values')
}

export function failed({ scope }: Definition, found: string, cause?: unknown): SpellError {
  return new SpellError(
    'STATE_MIGRATION_FAILED',
    `The migration of '${textOf(scope)}' failed: ${found.replace(/\.$/, '')}. The old data counts.`,
    {
      hint: 'Correct the step and define it again; State.migrate with dry_run shows what it makes.',
      ...(cause === undefined ? {} : { cause }),
    },
  )
}
