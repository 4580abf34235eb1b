import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  Decision,
  Durability,
  ErrorRecord,
  Json,
  JournalRecord,
  StepPath,
  Value,
} from '@llmspell/sdk'
import { ROOT } from '../support/root.ts'
import type { Moment } from './killer.ts'

/** Id of the one run that a child has. */
export const RUN = 'reference'

export interface Job {
  readonly script: string
  /** Folder of the store. */
  readonly store: string
  /** File that the child tells its events to. */
  readonly events: string
  readonly world: string
  readonly file: string
  readonly durability?: Durability
  /** Nothing is run; the journal is read. */
  readonly read?: true
  /** When to die. */
  readonly at?: Moment
}

export interface StepDecision {
  readonly path: StepPath
  readonly decision: Decision
}

/** A step of which nobody knows whether it happened, as the child tells of it. */
export interface Uncertain {
  readonly path: StepPath
  readonly name: string
  readonly args: Json
}

/** What a life may be given. */
export interface Fate {
  /** Kills it from outside, ms after its start. */
  readonly killAfterMs?: number
  /** Of this step and of all that were asked about before. */
  decide(step: Uncertain): readonly StepDecision[]
}

/** What a child tells, a line each. */
export interface LifeEvent {
  readonly moment?: Moment
  readonly printed?: string
  readonly value?: Value
  readonly records?: readonly JournalRecord[]
  readonly error?: ErrorRecord
}

/** What is left of a life. */
export interface Life {
  /** It ended by SIGKILL. */
  readonly killed: boolean
  readonly moments: readonly Moment[]
  readonly printed: string
  readonly value?: Value
  readonly records?: readonly JournalRecord[]
  readonly error?: ErrorRecord
}

const CHILD = join(ROOT, 'test', 'crash', 'child.ts')
const ENV = { ...process.env, NODE_COMPILE_CACHE: join(ROOT, '.cache', 'crash'), NODE_OPTIONS: '' }
const PATIENCE_MS = 60_000

/** Runs a child to its end. @throws where it neither ended well nor was killed */
export function live(job: Job, { decide, killAfterMs = PATIENCE_MS }: Fate): Promise<Life> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(job)], {
    env: ENV,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let stderr = ''
  child.stderr!.on('data', (chunk) => (stderr += String(chunk)))
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('message', (step) => {
      try {
        child.send(decide(step as Uncertain))
      } catch (error) {
        reject(error as Error)
        child.kill('SIGKILL')
      }
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code === 0 || signal === 'SIGKILL') resolve(lifeOf(job, signal === 'SIGKILL'))
      else reject(new Error(`The child ended with ${code ?? signal}:\n${stderr}`))
    })
  })
}

function lifeOf(job: Job, killed: boolean): Life {
  const events = readEvents(job.events)
  const end = events.findLast(
    ({ value, error, records }) => (value ?? error ?? records) !== undefined,
  )
  return {
    ...end,
    killed,
    moments: events.flatMap(({ moment }) => (moment === undefined ? [] : [moment])),
    printed: events.map(({ printed }) => printed ?? '').join(''),
  }
}

/** A life that was killed early has told nothing. */
function readEvents(file: string): LifeEvent[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as LifeEvent)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
