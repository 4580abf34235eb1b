import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  Decision,
  Durability,
  ErrorRecord,
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
  /** When to die. */
  readonly at?: Moment
  readonly decide?: readonly { readonly path: StepPath; readonly decision: Decision }[]
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

/**
 * Runs a child to its end. @param killAfterMs kills it from outside by then
 * @throws where it neither ended well nor was killed
 */
export function live(job: Job, killAfterMs?: number): Promise<Life> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(job)], {
    env: ENV,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs ?? PATIENCE_MS)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code === 0 || signal === 'SIGKILL') resolve(lifeOf(job, signal === 'SIGKILL'))
      else reject(new Error(`The child ended with ${code ?? signal}:\n${stderr}`))
    })
  })
}

function lifeOf(job: Job, killed: boolean): Life {
  const events = readEvents(job.events)
  const end = events.findLast(({ value, error }) => value !== undefined || error !== undefined)
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
