import type {
  Manifest,
  PermissionSet,
  PluginChange,
  PluginChecks,
  PluginProblem,
} from '@llmspell/sdk'
import type { Entry } from './lock-file.ts'
import { isRecord } from './record.ts'
import type { StagedFacts } from './staged.ts'

/** What is compared with what. */
export interface ChangeParts {
  readonly action: PluginChange['action']
  readonly entry: Entry
  readonly manifest: Manifest
  readonly facts: StagedFacts
  readonly before: { readonly entry: Entry; readonly manifest: Manifest | undefined } | undefined
  readonly warnings: readonly PluginProblem[]
}

/** One change as it is shown, with what it needs. */
export function changeOf(parts: ChangeParts, checks: PluginChecks): PluginChange {
  const { action, entry, manifest, facts, before, warnings } = parts
  const { id, version, from, resolved, integrity, host, permissions } = entry
  const accepted = before?.entry.permissions ?? {}
  const brings = broughtBy(manifest)
  const [now, then] = [flat(brings), flat(before?.manifest ? broughtBy(before.manifest) : {})]
  const change = {
    action,
    id,
    package: entry.package,
    version,
    ...(before ? { before: before.entry.version } : {}),
    from,
    ...(resolved === undefined ? {} : { resolved }),
    ...(integrity === undefined ? {} : { integrity }),
    ...(host === undefined ? {} : { host }),
    ...facts,
    permissions,
    widened: checks.widened(accepted, permissions),
    narrowed: checks.widened(permissions, accepted),
    brings,
    added: now.filter((name) => !then.includes(name)),
    removed: then.filter((name) => !now.includes(name)),
    warnings,
  }
  return { ...change, needs: needsOf(change, entry, before?.entry) }
}

function needsOf(
  { action, widened, added }: Pick<PluginChange, 'action' | 'widened' | 'added'>,
  entry: Entry,
  before: Entry | undefined,
): PluginChange['needs'] {
  if (action === 'rollback') return 'nothing'
  if (entry.trusted && !before?.trusted) return 'trust'
  const same = before?.package === entry.package && kindOf(before.from) === kindOf(entry.from)
  return same && isEmpty(widened) && added.length === 0 ? 'nothing' : 'yes'
}

const isEmpty = (set: PermissionSet): boolean => Object.keys(set).length === 0

/** Another place is another author. */
function kindOf(from: string): string {
  return /^[/\\]|^[A-Za-z]:|:/.test(from) ? from : 'registry'
}

/** Names by what they are. Codes of errors are no power. */
function broughtBy({
  contributes = {},
  provides = {},
}: Manifest): Record<string, readonly string[]> {
  const entries = Object.entries(contributes).filter(([point]) => point !== 'errors')
  const named = entries.map(([point, items]) => [point, namesOf(items)] as const)
  const services = Object.keys(provides)
  return Object.fromEntries(
    [...named, ['services', services] as const].filter(([, names]) => names.length > 0),
  )
}

function namesOf(items: unknown): string[] {
  if (!Array.isArray(items)) return isRecord(items) ? Object.keys(items) : []
  return items.map((item) => {
    if (!isRecord(item)) return String(item)
    return String(item['name'] ?? item['point'])
  })
}

function flat(brings: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(brings).flatMap(([point, names]) => names.map((name) => `${point} ${name}`))
}
