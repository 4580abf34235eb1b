import { SpellError, describe, isRef } from '@llmspell/sdk'
import type { RangeDefinition, Value, WorkflowDefinition } from '@llmspell/sdk'
import { expand } from './expand.ts'
import type { Lane } from './lane.ts'

/** Items one by one. The next one is asked for when there is room for it. */
export interface Source {
  /** Undefined at the end. */
  next(): Promise<Value | undefined>
  /** Where it is known before. */
  readonly length?: number
  /** The reader has left before the end. */
  leave?(): Promise<void>
}

/** The numbers of a range; `to` is included, `end` is not. */
export function rangeSource({ from, to, step, start, end }: RangeDefinition): Source {
  const first = from ?? start ?? 1
  const last = (to ?? end)!
  const by = step ?? 1
  const includes = to !== undefined
  const length = Math.max(
    0,
    includes ? Math.floor((last - first) / by + 1e-9) + 1 : Math.ceil((last - first) / by - 1e-9),
  )
  let at = 0
  return { length, next: async () => (at < length ? first + at++ * by : undefined) }
}

/**
 * A list, a template that gives one, a stream, or a function.
 * @throws INPUT_INVALID for a template that gives something else
 */
export async function sourceOf(
  given: WorkflowDefinition['source'],
  field: string,
  lane: Lane,
): Promise<Source> {
  if (typeof given === 'function') return functionSource(given, lane)
  const value = expand(given ?? null, lane.scope)
  if (Array.isArray(value)) return listSource(value as readonly Value[])
  if (isRef(value, 'stream')) return streamSource(value, lane)
  throw new SpellError(
    'INPUT_INVALID',
    `'${field}' of workflow '${lane.execution.name}' gives no items: expected a list, found ${describe(value)}.`,
    {
      hint: 'Give a list, a template that is a list, or a stream.',
    },
  )
}

function listSource(list: readonly Value[]): Source {
  let at = 0
  return {
    length: list.length,
    next: async () => (at < list.length ? (list[at++] ?? null) : undefined),
  }
}

function functionSource(
  fn: Extract<WorkflowDefinition['source'], (...args: never) => unknown>,
  lane: Lane,
): Source {
  return {
    async next() {
      const item = await lane.ask(fn)
      return item === null ? undefined : item
    },
  }
}

interface Pull {
  readonly chunks: readonly Value[]
  readonly done: boolean
}

function streamSource(ref: Value, lane: Lane): Source {
  let waiting: readonly Value[] = []
  let done = false
  const call = (fn: string): Promise<unknown> =>
    lane.call('Stream', fn, [], { handle: ref as never })
  return {
    async next() {
      while (waiting.length === 0 && !done) {
        const pull = (await call('next')) as Pull
        waiting = pull.chunks
        done = pull.done
      }
      const [first, ...rest] = waiting
      waiting = rest
      return first
    },
    async leave() {
      if (!done) await call('cancel')
    },
  }
}
