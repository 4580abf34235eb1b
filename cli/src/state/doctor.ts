import { bytesText, type StateFault, type StateHealth, type StateStats } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { table } from '../print/table.ts'
import { progressLine } from '../runs/store.ts'
import type { Stage } from '../stage.ts'
import { scopeText } from './scope.ts'
import { stateService } from './store.ts'

/** `state doctor`: reads everything against its checksums. @returns 3 where something is wrong */
export async function doctorState(stage: Stage): Promise<number> {
  const state = await stateService(stage)
  const line = progressLine(stage)
  line.report({ who: 'state doctor', state: 'started' })
  const health = await state.doctor().finally(() => line.clear())
  const ok = health.faultCount === 0 && health.health === 'ok'
  out(stage.json ? `${toJson(healthJson(health, ok))}\n` : healthText(health))
  return ok ? 0 : EXIT_CODES.input
}

function healthJson(found: StateHealth, ok: boolean): object {
  const { faults, faultCount, oldestSeq, seq, sealed, health, ...rest } = found
  const cure = HEALTH_CURES[health]
  return {
    ok,
    health,
    ...(cure === undefined ? {} : { cure }),
    ...rest,
    last_change: seq === undefined ? undefined : `${seq}`,
    oldest_change: `${oldestSeq}`,
    ...(sealed ? { sealed: { key_id: sealed.keyId } } : {}),
    fault_count: faultCount,
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
  crc: 'Restore the newest whole backup of llmspell state backups, or write the key anew.',
  missing: 'Restore the newest whole backup of llmspell state backups.',
  schema: 'Read it with the version and the key that wrote it, or write it anew.',
}
const HEALTH_CURES: Readonly<Record<StateStats['health'], string | undefined>> = {
  ok: undefined,
  degraded: 'look at the disk, and make a backup',
  'read-only': 'free space on the disk, then start again',
}

type Fact = readonly [name: string, text: string | undefined]

function healthText(found: StateHealth): string {
  const { store, health, owner, faultCount, durability, sealed } = found
  const cure = HEALTH_CURES[health]
  const facts: readonly Fact[] = [
    ['Store', `${store}, durability ${durability.join(', ')}`],
    ['Owner', owner && ownerText(owner)],
    ['Health', cure === undefined ? health : `${health}: ${cure}`],
    ...sizeFacts(found),
    ['Sealed', sealed && `under the key ${sealed.keyId}`],
    ['Faults', faultCount === 0 ? 'none: every checksum is right' : `${faultCount}`],
  ]
  const told = facts.filter(([, text]) => text !== undefined)
  const lines = told.map(([name, text]) => `${name.padEnd(9)} ${plain(text!)}\n`).join('')
  return lines + faultLines(found) + kindTable(found)
}

function ownerText({ pid, since }: NonNullable<StateHealth['owner']>): string {
  return pid === process.pid ? 'this command' : `process ${pid} since ${since}, asked through it`
}

function sizeFacts(found: StateHealth): readonly Fact[] {
  const { bytes, format, seq, oldestSeq, expired = 0, snapshots = 0, schemas } = found
  const versions = Object.entries(schemas).map(([name, version]) => `${name} ${version}`)
  return [
    ['Size', bytesText(bytes)],
    ['Format', format === undefined ? undefined : `${format}`],
    ['Versions', versions.length === 0 ? undefined : versions.join(', ')],
    ['Changes', seq === undefined ? `from ${oldestSeq}` : `from ${oldestSeq} to ${seq} in the log`],
    ['Expired', expired === 0 ? undefined : `${expired}, removed within a minute of use`],
    ['Snapshots', snapshots === 0 ? undefined : `${snapshots} open`],
  ]
}

/** Sizes of a damaged store are not known. */
function kindTable({ faultCount, kinds }: StateHealth): string {
  const rows = Object.entries(kinds).map(([kind, { scopes, entries, bytes }]) => [
    kind,
    `${scopes}`,
    `${entries}`,
    bytesText(bytes),
  ])
  if (rows.length === 0) return faultCount === 0 ? 'Nothing is kept here.\n' : ''
  return `\n${table(['KIND', 'SCOPES', 'ENTRIES', 'SIZE'], rows, painter(process.stdout.isTTY))}`
}

function faultLines({ faults, faultCount }: StateHealth): string {
  const lines = faults.map(({ scope, key, text, fault }) => {
    const where = scope ? `${scopeText(scope)}${key === undefined ? '' : ` '${key}'`}: ` : ''
    return `- ${plain(where + text)}\n  ${CURES[fault]}\n`
  })
  const more = faultCount - faults.length
  return lines.join('') + (more > 0 ? `- ${more} more of them\n` : '')
}
