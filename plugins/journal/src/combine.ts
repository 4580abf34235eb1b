import { SpellError } from '@llmspell/sdk'
import type { Branches, Json, RunContext, StepPath } from '@llmspell/sdk'
import type { Scope } from './context.ts'
import { cancelled } from './errors.ts'
import { Lane } from './lane.ts'
import type { Rounds } from './rounds.ts'

interface AllOptions {
  readonly onError?: 'cancel-rest' | 'wait-all'
  readonly concurrency?: number
}

/** All branches side by side; the first error, in the order of the journal, is the error of all. */
export async function all(
  inner: Scope,
  branches: Branches,
  { onError = 'cancel-rest', concurrency = Number.POSITIVE_INFINITY }: AllOptions,
): Promise<Record<string, Json>> {
  const results: Record<string, Json> = {}
  const lanes = new Lane(inner.lane)
  const queue = Object.entries(branches)
  let failure: { error: unknown } | undefined
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [key, fn] = next
      try {
        results[key] = await inner.branch(key, lanes, fn)
      } catch (error) {
        failure ??= { error }
        if (onError === 'cancel-rest') {
          queue.length = 0
          inner.cancel(lanes, cancelled(`branch '${key}' failed`))
        }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(queue.length, concurrency) }, worker))
  lanes.leave()
  if (failure) throw failure.error
  return Object.fromEntries(Object.keys(branches).map((key) => [key, results[key] ?? null]))
}

/** The first branch to settle, in the order of the journal; the others are cancelled. */
export async function race(
  inner: Scope,
  name: string,
  branches: Branches,
): Promise<{ winner: string; value: Json }> {
  const keys = Object.keys(branches)
  if (keys.length === 0) {
    throw new SpellError('INPUT_INVALID', `Race '${name}' has no branch: expected at least one.`, {
      hint: 'Give it something to wait for.',
    })
  }
  const lanes = new Lane(inner.lane)
  const running = Object.entries(branches).map(async ([key, fn]) => {
    const value = await inner.branch(key, lanes, fn)
    return { winner: key, value }
  })
  try {
    return await Promise.race(running)
  } finally {
    inner.cancel(lanes, cancelled(`another branch of '${name}' was first`))
    for (const branch of running) branch.catch(() => {})
    lanes.leave()
  }
}

interface LoopOptions {
  readonly state: Json
  readonly maxIterations: number
  readonly keep?: number
}
type Body = (context: RunContext, state: Json, index: number) => Promise<Round>
type Round = { readonly next: Json } | { readonly done: Json }

/** Rounds one after the other, each a composed step; old ones are forgotten. */
export async function loop(inner: Scope, options: LoopOptions, body: Body): Promise<Json> {
  const memory = inner.memory(options.keep)
  try {
    return await rounds(inner, options, body, memory)
  } finally {
    memory?.close()
  }
}

async function rounds(
  inner: Scope,
  { state, maxIterations }: LoopOptions,
  body: Body,
  memory: Rounds | undefined,
): Promise<Json> {
  let { round, state: current } = memory?.restored ?? { round: 0, state }
  for (; round < maxIterations; round++) {
    memory?.begins(round, current)
    const [given, index] = [current, round]
    const work = (scope: RunContext): Promise<Json> => body(scope, given, index)
    const result = (await inner.compose('round', work)) as Round
    if ('done' in result) return result.done
    current = result.next
  }
  throw endless(inner.path, maxIterations)
}

function endless(path: StepPath, most: number): SpellError {
  return new SpellError(
    'LOOP_LIMIT',
    `The loop at '${path}' did not end: expected at most ${most} rounds.`,
    { hint: 'Give it more rounds, or an end that it reaches.' },
  )
}
