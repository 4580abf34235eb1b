import { readFileSync } from 'node:fs'
import type { Value } from '@llmspell/sdk'
import { openHouse } from '../support/kernel.ts'
import type { Living } from './child.ts'
import { WorldHands } from './hands.ts'
import { killer } from './killer.ts'
import { RUN, type Job, type LifeEvent } from './life.ts'
import { crashPlugin } from './plugin.ts'

/** Everything that the reference scripts use. */
export const PLUGINS = [
  'permissions',
  'secrets',
  'files',
  'http',
  'artifacts',
  'budgets',
  'models',
  'language-models',
  'provider-mock',
  'state',
  'store-level',
  'journal',
  'tools',
  'tool-calculator',
  'agents',
  'workflows',
  'engine-lua',
  'engine-javascript',
  'script-runtime',
]

/** A run of a script, in a house of what it needs. */
export async function scriptLife(job: Job, tell: (event: LifeEvent) => void): Promise<Living> {
  const hands = new WorldHands(job)
  const watch = killer((moment) => tell({ moment }), job.at)
  const plugins = { state: { folder: job.store }, 'provider-mock': { delay_ms: 0 } }
  const house = await openHouse(PLUGINS, [crashPlugin(hands), watch], { plugins })
  const failed = house.kernel.list().find(({ state }) => state === 'failed')
  if (failed) throw new Error(`Plugin '${failed.id}': ${failed.failure?.message}`)
  const write = (printed: string): void => tell({ printed })
  const begin = {
    source: readFileSync(job.script, 'utf8'),
    file: job.script,
    isolation: 'inline',
    seed: 'crash',
    write,
    durable: { runId: RUN, durability: job.durability ?? 'sync' },
  } as const
  const given = (value: Value | undefined): Value => value ?? null
  return {
    executor: await house.runtime.executor(),
    begin: async () => given((await house.runtime.run(begin)).value),
    resume: async (decide) => given((await house.runtime.resume(RUN, { write, decide })).value),
    idle: () => hands.idle(),
    close: async () => house[Symbol.asyncDispose](),
  }
}
