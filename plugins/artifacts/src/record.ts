import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactFacts, ArtifactInfo, Value } from '@llmspell/sdk'
import { damaged, notFound } from './errors.ts'
import { freshName } from './crypto.ts'
import type { Place } from './place.ts'

/** Runs that a record remembers, newest last. */
const MOST_RUNS = 64

/** What is kept beside a content. */
export interface ArtifactRecord extends ArtifactInfo {
  /** The runs that stored this content: to them it is their own. */
  readonly runs: readonly string[]
  /** The sessions that hold it. */
  readonly sessions?: readonly string[]
}

/** @throws ARTIFACT_NOT_FOUND, ARTIFACT_DAMAGED */
export async function readRecord(place: Place, id: string): Promise<ArtifactRecord> {
  const file = place.record(id)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw notFound(id)
    throw damaged(id, `an unreadable record (${error.code})`)
  })
  const record = parsed(text)
  if (record?.id === id) return record
  throw damaged(id, 'a broken record')
}

function parsed(text: string): ArtifactRecord | undefined {
  try {
    const value = JSON.parse(text) as Partial<ArtifactRecord> | null
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: Partial<ArtifactRecord> | null): value is ArtifactRecord {
  if (typeof value !== 'object' || value === null) return false
  const { id, name, mime, created, bytes, runs } = value
  const texts = [id, name, mime, created].every((field) => typeof field === 'string')
  return texts && Number.isSafeInteger(bytes) && Array.isArray(runs)
}

/** Facts of the last one who stored it; the time of the first. */
export function recordOf(
  id: string,
  bytes: number,
  { name, mime, run, session, metadata, kept }: ArtifactFacts,
  before: ArtifactRecord | undefined,
): ArtifactRecord {
  const { runs = [], sessions = [] } = before ?? {}
  const created = before?.created ?? kept?.created ?? new Date().toISOString()
  const held = withLast(sessions, session)
  return {
    ...infoParts({ id, name, mime, bytes, created, run, metadata }),
    // What stands in a session belongs to the session.
    runs: withLast(runs, session === undefined ? run : undefined).slice(-MOST_RUNS),
    ...(held.length === 0 ? {} : { sessions: held }),
  }
}

function withLast(all: readonly string[], one: string | undefined): readonly string[] {
  return one === undefined ? all : [...all.filter((other) => other !== one), one]
}

export function infoOf(record: ArtifactRecord): ArtifactInfo {
  return infoParts(record)
}

interface Parts extends Omit<ArtifactInfo, 'run' | 'metadata'> {
  readonly run?: string | undefined
  readonly metadata?: Value | undefined
}

function infoParts({ id, name, mime, bytes, created, run, metadata }: Parts): ArtifactInfo {
  return {
    id,
    name,
    mime,
    bytes,
    created,
    ...(run === undefined ? {} : { run }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

/** Puts the record in the place of the one before, at once. */
export async function writeRecord(place: Place, record: ArtifactRecord): Promise<void> {
  const file = join(place.temporary, freshName())
  try {
    await writeFile(file, `${JSON.stringify(record)}\n`, { flag: 'wx', mode: 0o600 })
    await rename(file, place.record(record.id))
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
}
