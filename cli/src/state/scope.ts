import { didYouMean, SpellError, type Scope, type ScopeKind } from '@llmspell/sdk'

const TENANT = 'local'
/** Kinds that scripts and people write to. Those of runs and plugins change through them alone. */
export const KINDS: readonly ScopeKind[] = [
  'global',
  'agent',
  'session',
  'workflow',
  'tool',
  'user',
  'custom',
]

const CLOSED: ReadonlySet<string> = new Set(['run', 'plugin'] satisfies ScopeKind[])

/** The scope that a flag means: `global`, `agent:clerk`, or one word of one's own. @throws FLAG_INVALID */
export function scopeOf(text: string): Scope {
  const colon = text.indexOf(':')
  const [kind, id] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  if (text === 'global') return made('global', '')
  if (colon < 0 && !isKind(kind) && !CLOSED.has(kind) && kind !== '') return made('custom', kind)
  if (isKind(kind) && kind !== 'global' && id !== '') return made(kind, id)
  throw wrong(text, kind)
}

/** As it is written. */
export function scopeText({ kind, id }: Pick<Scope, 'kind' | 'id'>): string {
  return kind === 'global' ? kind : `${kind}:${id}`
}

export const isOpen = ({ kind, tenant }: Scope): boolean =>
  tenant === TENANT && KINDS.includes(kind)

const made = (kind: ScopeKind, id: string): Scope => ({ tenant: TENANT, kind, id })

const isKind = (text: string): text is ScopeKind => KINDS.includes(text as ScopeKind)

function wrong(text: string, kind: string): SpellError {
  const expected = `expected global or one of ${KINDS.slice(1).join(', ')} with ':' and a name`
  const names = KINDS.map((one) => (one === 'global' ? one : `${one}:NAME`))
  const all = `Write one of: ${names.join(', ')}.`
  const near = isKind(kind) ? `Write: ${names[KINDS.indexOf(kind)]}` : didYouMean(kind, KINDS, all)
  return new SpellError('FLAG_INVALID', `Scope '${text}' is wrong: ${expected}.`, { hint: near })
}
