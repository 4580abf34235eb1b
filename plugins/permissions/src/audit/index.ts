import type { Audit, AuditLine } from '@llmspell/sdk'
import { randomBytes } from 'node:crypto'
import { linesOf } from './folder.ts'
import { digest, parseLine } from './line.ts'
import { AuditLog, type Entry } from './log.ts'
import { verify } from './verify.ts'

type Filter = NonNullable<Parameters<Audit['lines']>[0]>

const SYNCED: ReadonlySet<string> = new Set(['write', 'run', 'net', 'net-private', 'unjailed'])

/** The service `audit` over one folder, and its end. */
export interface AuditStore extends Audit {
  record(
    line: Parameters<Audit['record']>[0] & Partial<Pick<AuditLine, 'at' | 'ms'>>,
  ): Promise<void>
  /** Facts of a need as a line keeps them. */
  digested(facts: unknown): Pick<AuditLine, 'facts'>
  close(): Promise<void>
}

export function openAudit(folder: string): AuditStore {
  const log = new AuditLog(folder, randomBytes(6).toString('hex'))
  return {
    record: (line) => log.add(entryOf(line), isSynced(line)),
    lines: (filter = {}) => select(folder, filter, () => log.flush()),
    verify: async () => {
      await log.flush()
      return verify(folder)
    },
    digested: (facts) => (facts === undefined ? {} : { facts: digest(facts) }),
    close: () => log.close(),
  }
}

function entryOf(line: Parameters<AuditStore['record']>[0]): Entry {
  const { at = new Date().toISOString(), ms = process.uptime() * 1000, ...rest } = line
  return { at, ms: Math.round(ms * 1000) / 1000, ...rest }
}

/** What must be on disk before it is acted on. */
function isSynced({ outcome, permission }: Pick<AuditLine, 'outcome' | 'permission'>): boolean {
  return outcome === 'denied' || outcome === 'refused' || SYNCED.has(permission)
}

async function* select(
  folder: string,
  { run, outcome, limit }: Filter,
  flush: () => Promise<void>,
): AsyncGenerator<AuditLine> {
  await flush()
  const fits = (line: AuditLine): boolean =>
    (run === undefined || line.run === run) && (outcome === undefined || line.outcome === outcome)
  if (limit === undefined) return yield* matching(folder, fits)
  const last: AuditLine[] = []
  for await (const line of matching(folder, fits)) {
    last.push(line)
    if (last.length > limit) last.shift()
  }
  yield* last
}

async function* matching(
  folder: string,
  fits: (line: AuditLine) => boolean,
): AsyncGenerator<AuditLine> {
  for await (const { text } of linesOf(folder)) {
    const line = parseLine(text)
    if (line && fits(line)) yield line
  }
}
