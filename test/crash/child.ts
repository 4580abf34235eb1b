// One life of a durable run, in a process of its own: from its start or from its journal, to its end or to its death.
import { appendFileSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { toErrorRecord, type JournalRecord, type Value, type WorkflowExecutor } from '@llmspell/sdk'
import { openHouse, type House } from '../support/kernel.ts'
import { killer } from './killer.ts'
import { crashPlugin } from './plugin.ts'
import { RUN, type Job, type LifeEvent } from './life.ts'

const PLUGINS = [
  'permissions',
  'files',
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

const job = JSON.parse(process.argv[2]!) as Job

/** In one write, so that nothing told is lost with the process. */
function tell(event: LifeEvent): void {
  appendFileSync(job.events, `${JSON.stringify(event)}\n`)
}

/** Says yes whenever the run waits for it; the run counts it once. */
async function approve(executor: WorkflowExecutor, done: AbortSignal): Promise<void> {
  while (!done.aborted) {
    const row = await executor.get(RUN)
    if (row?.waiting?.for === 'signal') {
      const said = { name: 'approval', signalId: 'yes', payload: { approved: true }, by: 'ann' }
      await executor.signal(RUN, said)
    }
    await sleep(10)
  }
}

async function begin({ runtime }: House): Promise<Value | undefined> {
  const source = readFileSync(job.script, 'utf8')
  const { value } = await runtime.run({
    source,
    file: job.script,
    isolation: 'inline',
    seed: 'crash',
    write,
    durable: { runId: RUN, ...(job.durability && { durability: job.durability }) },
  })
  return value
}

const write = (text: string): void => tell({ printed: text })

/** What was not yet there at the death of the last life is begun; what had ended is only read. */
async function goOn(house: House, executor: WorkflowExecutor): Promise<Value | undefined> {
  const row = await executor.get(RUN)
  if (row === undefined) return begin(house)
  if (row.status === 'succeeded') {
    const outcome = await executor.result(RUN)
    return outcome.status === 'succeeded' ? (outcome.value as Value) : undefined
  }
  return (await house.runtime.resume(RUN, { write, decide: job.decide ?? [] })).value
}

async function history(executor: WorkflowExecutor): Promise<JournalRecord[]> {
  const records: JournalRecord[] = []
  for await (const record of executor.history(RUN)) records.push(record)
  return records
}

const places = { world: job.world, file: job.file }
const watch = killer((moment) => tell({ moment }), job.at)
const config = { plugins: { state: { folder: job.store }, 'provider-mock': { delay_ms: 0 } } }
const house = await openHouse(PLUGINS, [crashPlugin(places), watch], config)
const executor = await house.kernel.use('workflow-executor')
const over = new AbortController()
const approving = approve(executor, over.signal)
try {
  const value = (await goOn(house, executor)) ?? null
  tell({ value, records: await history(executor) })
} catch (error) {
  tell({ error: toErrorRecord(error) })
}
over.abort()
await approving
await house[Symbol.asyncDispose]()
