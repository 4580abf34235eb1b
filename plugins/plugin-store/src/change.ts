import type {
  Manifest,
  PermissionSet,
  PluginChange,
  PluginChecks,
  PluginProblem,
} from '@llmspell/sdk'
import type { Entry } from './lock-file.ts'
import { isRecord } from './record.ts'
import { sourceOf } from './spec.ts'
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
  const [now, then] = [namedIn(manifest), before?.manifest ? namedIn(before.manifest) : []]
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
    added: [...now.filter((name) => !then.includes(name)), ...worse(manifest, before?.manifest)],
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
  const same = isSameAuthor(before, entry)
  if (entry.trusted && !(same && before?.trusted)) return 'trust'
  return same && isEmpty(widened) && added.length === 0 ? 'nothing' : 'yes'
}

const isEmpty = (set: PermissionSet): boolean => Object.keys(set).length === 0

/** Another place is another author: what was said of the one does not hold for the other. */
export function isSameAuthor(before: Entry | undefined, entry: Entry): boolean {
  return before?.package === entry.package && authorOf(before.from) === authorOf(entry.from)
}

function authorOf(from: string): string {
  return sourceOf(from, process.cwd()).kind === 'registry' ? 'registry' : from
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

function namedIn(manifest: Manifest): string[] {
  return Object.entries(broughtBy(manifest)).flatMap(([point, names]) =>
    names.map((name) => `${point} ${name}`),
  )
}

/** From what may be done again at will to what may not. An effect that is not said is the worst. */
const EFFECTS: readonly unknown[] = ['pure', 'idempotent']

/** What does more than it did under the same name: it may be called with less care than it needs. */
function worse(manifest: Manifest, before: Manifest | undefined): string[] {
  const then = new Map(before ? effectsOf(before) : [])
  return effectsOf(manifest).flatMap(([name, effect]) => {
    const old = then.get(name)
    return old !== undefined && rank(effect) > rank(old) ? [`${name}: ${old} → ${effect}`] : []
  })
}

function rank(effect: string): number {
  const at = EFFECTS.indexOf(effect)
  return at < 0 ? EFFECTS.length : at
}

function effectsOf({ contributes = {} }: Manifest): (readonly [string, string])[] {
  return Object.entries(contributes).flatMap(([point, items]) =>
    (Array.isArray(items) ? items : []).filter(isRecord).flatMap((item) => {
      const effect = item['effect']
      return typeof effect === 'string'
        ? [[`${point} ${String(item['name'])}`, effect] as const]
        : []
    }),
  )
}
