// One life of a durable run, in a process of its own: from its start or from its journal, to its end or to its death.
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { toErrorRecord, type JournalRecord, type Value, type WorkflowExecutor } from '@llmspell/sdk'
import { RUN, type Job, type LifeEvent, type StepDecision } from './life.ts'

/** A run as a child sees it, whatever it is made of. */
export interface Living {
  readonly executor: WorkflowExecutor
  begin(): Promise<Value>
  resume(decide: readonly StepDecision[]): Promise<Value>
  /** Resolves when nothing is on its way to the world. */
  idle(): Promise<void>
  close(): Promise<void>
}

const job = JSON.parse(process.argv[2]!) as Job

/** In one write, so that nothing told is lost with the process. */
function tell(event: LifeEvent): void {
  appendFileSync(job.events, `${JSON.stringify(event)}\n`)
}

async function living(): Promise<Living> {
  if (job.script === 'native') return (await import('./native-life.ts')).nativeLife(job, tell)
  return (await import('./script-life.ts')).scriptLife(job, tell)
}

/** Says yes whenever the run waits for it; the run counts it once. */
async function approve(executor: WorkflowExecutor, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const row = await executor.get(RUN)
    if (row?.waiting?.for === 'signal') {
      const said = { name: 'approval', signalId: 'yes', payload: { approved: true }, by: 'ann' }
      await executor.signal(RUN, said)
    }
    await sleep(5)
  }
}

/** What was not yet there when the last life ended is begun; what had ended is only read. */
async function goOn(life: Living): Promise<Value> {
  const row = await life.executor.get(RUN)
  if (row === undefined) return life.begin()
  const ended = row.status === 'succeeded' ? await life.executor.result(RUN) : undefined
  return ended?.status === 'succeeded' ? (ended.value as Value) : decided(life, [])
}

/** Where nobody knows whether a step has happened, the parent is asked, who can look. */
async function decided(life: Living, decide: readonly StepDecision[]): Promise<Value> {
  try {
    return await life.resume(decide)
  } catch (error) {
    const { code, details } = toErrorRecord(error)
    if (code !== 'RESUME_UNCERTAIN') throw error
    await life.idle()
    process.send!(details)
    const [decisions] = (await once(process, 'message')) as [readonly StepDecision[]]
    return decided(life, decisions)
  }
}

async function history(executor: WorkflowExecutor): Promise<JournalRecord[]> {
  const records: JournalRecord[] = []
  for await (const record of executor.history(RUN)) records.push(record)
  return records
}

async function lived(): Promise<LifeEvent> {
  const life = await living()
  const over = new AbortController()
  const approving = job.read ? undefined : approve(life.executor, over.signal)
  try {
    const value = job.read ? {} : { value: await goOn(life) }
    return { ...value, records: await history(life.executor) }
  } finally {
    over.abort()
    await approving
    await life.close()
  }
}

tell(await lived().catch((error: unknown) => ({ error: toErrorRecord(error) })))
process.disconnect?.()
