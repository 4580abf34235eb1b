import { bytesText, type StateBackend, type StateFault, type StateStats } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { progressLine } from '../runs/store.ts'
import type { Stage } from '../stage.ts'
import { scopeText } from './scope.ts'
import { stateStore } from './store.ts'

interface Found {
  readonly store: string
  readonly stats: StateStats
  readonly faults: readonly StateFault[]
  /** Entries and expiring ones, by kind of scope. */
  readonly kinds: ReadonlyMap<string, number>
}

const MOST_SHOWN = 20

/** `state doctor`: reads everything against its checksums. @returns 3 where something is wrong */
export async function doctorState(stage: Stage): Promise<number> {
  const store = await stateStore(stage)
  const found = await examined(stage, store)
  const ok = found.faults.length === 0 && found.stats.health === 'ok'
  out(stage.json ? `${toJson(foundJson(found, ok))}\n` : foundText(found))
  return ok ? 0 : EXIT_CODES.input
}

async function examined(stage: Stage, store: StateBackend): Promise<Found> {
  const line = progressLine(stage)
  line.report({ who: 'state doctor', state: 'started' })
  const faults: StateFault[] = []
  for await (const fault of store.verify()) {
    faults.push(fault)
    line.report({ who: 'state doctor', state: 'active', text: `${faults.length} faults` })
  }
  const kinds = new Map<string, number>()
  // What is damaged cannot be read: its kind is not counted.
  if (faults.length === 0)
    for await (const { scope } of store.entries())
      kinds.set(scope.kind, (kinds.get(scope.kind) ?? 0) + 1)
  line.clear()
  return { store: store.id, stats: await store.stats(), faults, kinds }
}

function foundJson({ store, stats, faults, kinds }: Found, ok: boolean): object {
  return {
    ok,
    store,
    health: stats.health,
    bytes: stats.bytes,
    oldest_change: `${stats.oldestSeq}`,
    entries: Object.fromEntries(kinds),
    faults: faults.map(({ scope, key, fault, text }) => ({
      ...(scope ? { scope: scopeText(scope) } : {}),
      ...(key === undefined ? {} : { key }),
      fault,
      text,
      cure: CURES[fault],
    })),
  }
}

const CURES: Readonly<Record<StateFault['fault'], string>> = {
  crc: 'Restore the last whole backup with llmspell state restore FILE, or write the key anew.',
  missing: 'Restore the last whole backup with llmspell state restore FILE.',
  schema: 'Read it with the version of llmspell that wrote it, or write the key anew.',
}
const HEALTH: Readonly<Record<StateStats['health'], string>> = {
  ok: 'ok',
  degraded: 'degraded: look at the disk, and make a backup',
  'read-only': 'read-only: free space on the disk, then start again',
}

function foundText({ store, stats, faults, kinds }: Found): string {
  const counts = [...kinds].map(([kind, entries]) => `${kind} ${entries}`).join(', ')
  const facts = [
    ['Store', store],
    ['Health', HEALTH[stats.health]],
    ['Size', bytesText(stats.bytes)],
    ...(faults.length === 0 ? [['Entries', counts || 'none']] : []),
    ['Faults', faults.length === 0 ? 'none: every checksum is right' : `${faults.length}`],
  ] as const
  const lines = facts.map(([name, text]) => `${name!.padEnd(8)} ${plain(text!)}\n`).join('')
  return lines + faultLines(faults)
}

function faultLines(faults: readonly StateFault[]): string {
  const lines = faults.slice(0, MOST_SHOWN).map(({ scope, key, text }) => {
    const where = scope ? `${scopeText(scope)}${key === undefined ? '' : ` '${key}'`}: ` : ''
    return `- ${plain(where + text)}\n`
  })
  const cures = new Set(faults.map(({ fault }) => `  ${CURES[fault]}\n`))
  const more = faults.length > MOST_SHOWN ? `- ${faults.length - MOST_SHOWN} more: --json\n` : ''
  return lines.join('') + more + [...cures].join('')
}
