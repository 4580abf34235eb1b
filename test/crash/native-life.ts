import { join } from 'node:path'
import { createKernel } from '@llmspell/kernel'
import { fromErrorRecord, type ExecutorHost, type Value } from '@llmspell/sdk'
import { ROOT } from '../support/root.ts'
import type { Living } from './child.ts'
import { WorldHands } from './hands.ts'
import { killer } from './killer.ts'
import { RUN, type Job, type LifeEvent } from './life.ts'
import { Reference } from './native.ts'

const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }
const DEFINITION = { name: 'reference', hash: '0'.repeat(64), engine: 'native' } as const

/** A run of a native definition: the executor alone. */
export async function nativeLife(job: Job, tell: (event: LifeEvent) => void): Promise<Living> {
  const folders = ['state', 'store-level', 'journal'].map((name) => join(ROOT, 'plugins', name))
  const watch = killer((moment) => tell({ moment }), job.at)
  const config = { plugins: { state: { folder: job.store } } }
  const kernel = createKernel({ plugins: [...folders, watch], config })
  await kernel.start()
  const hands = new WorldHands(job)
  const reference = new Reference(hands)
  const host: ExecutorHost = {
    runDefinition: (_ref, context) => reference.run(context),
    invokeRecorded: () => Promise.resolve(),
    logger: SILENT,
  }
  const executor = await kernel.use('workflow-executor')
  const stop = new AbortController()
  await executor.start(host, { signal: stop.signal, recover: false })
  const result = async (): Promise<Value> => {
    const outcome = await executor.result(RUN)
    if (outcome.status === 'succeeded') return outcome.value as Value
    const error = outcome.status === 'pending' ? outcome.run.reason : outcome.error
    throw error ? fromErrorRecord(error) : new Error(`The run is ${JSON.stringify(outcome)}`)
  }
  return {
    executor,
    async begin() {
      const durability = job.durability ?? 'sync'
      await executor.submit({ runId: RUN, definition: DEFINITION, input: null, durability })
      return result()
    },
    async resume(decide) {
      await executor.resume(RUN, { decide })
      return result()
    },
    idle: () => hands.idle(),
    async close() {
      await executor.stop()
      await kernel.stop()
    },
  }
}
