import { currentSession, printable, REF, sessionBehind, SpellError } from '@llmspell/sdk'
import type { CallContext, Scope, ScopeKind } from '@llmspell/sdk'

/** A scope as scripts write it. */
export type ScopeSpec = string | { readonly type: string; readonly id?: string }

const KINDS: ReadonlySet<string> = new Set([
  'agent',
  'session',
  'workflow',
  'tool',
  'user',
  'custom',
] satisfies ScopeKind[])
/** Where plugins and runs keep what is theirs: no text of a script leads there. */
const CLOSED: ReadonlySet<string> = new Set(['run', 'plugin'] satisfies ScopeKind[])
const CURRENT: ReadonlySet<string> = new Set(['agent', 'session', 'workflow'])
/** A table of all keys could not cross, or would be taken for something else. */
const NAMES: ReadonlySet<string> = new Set(['constructor', 'prototype', REF])
const MOST_CHARACTERS = 256
const TENANT = 'local'

const RULES: readonly (readonly [test: (text: string) => boolean, found: string])[] = [
  [(text) => text === '', 'none'],
  [(text) => Array.from(text).length > MOST_CHARACTERS, `more than ${MOST_CHARACTERS}`],
  [(text) => !text.isWellFormed(), 'a lone surrogate'],
  [(text) => /\p{Cc}/u.test(text), 'a control character'],
  [(text) => text.includes('\\'), 'a backslash'],
  [(text) => text.includes('..'), "'..'"],
  [(text) => text.includes('//'), "'//'"],
  [(text) => text.startsWith('__'), "'__' in front"],
  [(text) => text.startsWith('$$'), "'$$' in front"],
  [(text) => NAMES.has(text), 'a name that the host needs'],
]

/** @throws STATE_KEY_INVALID */
export function checkKey(key: string, subject = 'key'): string {
  const broken = RULES.find(([test]) => test(key))
  if (broken) throw keyInvalid(subject, key, broken[1])
  return key
}

/** The scope that a script means. @throws STATE_KEY_INVALID */
export function scopeOf(spec: ScopeSpec, run: CallContext): Scope {
  if (typeof spec === 'object') return made(spec.type, spec.id, run)
  const colon = spec.indexOf(':')
  if (colon < 0) return made(spec, undefined, run)
  return made(spec.slice(0, colon), spec.slice(colon + 1), run)
}

/** As scripts write it. */
export function textOf({ kind, id }: Pick<Scope, 'kind' | 'id'>): string {
  return kind === 'global' ? kind : `${kind}:${id}`
}

function made(type: string, id: string | undefined, run: CallContext): Scope {
  if (CLOSED.has(type)) throw closed(type)
  if (type === 'global' && id === undefined) return { tenant: TENANT, kind: 'global', id: '' }
  if (KINDS.has(type)) {
    const whole = id ?? (CURRENT.has(type) ? currentOf(type, run) : undefined)
    if (whole !== undefined) {
      const held = checkKey(whole, 'scope')
      const kept = type === 'session' ? sessionBehind(held, run) : held
      return { tenant: TENANT, kind: type as ScopeKind, id: kept }
    }
  } else if (id === undefined)
    return { tenant: TENANT, kind: 'custom', id: checkKey(type, 'scope') }
  throw unknown(id === undefined ? type : `${type}:${id}`)
}

/** The id that a plain word stands for. */
function currentOf(type: string, run: CallContext): string {
  const actor = run.actors.findLast(({ kind }) => kind === type)
  const id = type === 'session' ? currentSession(run).id : actor?.name
  if (id !== undefined) return id
  throw new SpellError(
    'STATE_KEY_INVALID',
    `The scope '${type}' means the current ${type}: expected one, found none.`,
    { hint: `Write '${type}:' and its name.` },
  )
}

function keyInvalid(subject: string, text: string, found: string): SpellError {
  const expected = `1 to ${MOST_CHARACTERS} characters without control characters, '\\', '..' or '//', and no '__' or '$$' in front`
  return new SpellError(
    'STATE_KEY_INVALID',
    `The ${subject} '${printable(text, 60)}' cannot be used: expected ${expected}, found ${found}.`,
    { hint: 'Choose a short name of letters, digits, dots and dashes.' },
  )
}

function closed(type: string): SpellError {
  return new SpellError(
    'STATE_KEY_INVALID',
    `The scope '${type}' is not for scripts: it belongs to the host.`,
    { hint: "Use a scope of your own, such as 'custom:shelf'." },
  )
}

function unknown(text: string): SpellError {
  const kinds = ['global', ...[...KINDS].map((kind) => `${kind}:NAME`)].join(', ')
  return new SpellError(
    'STATE_KEY_INVALID',
    `The scope '${printable(text, 60)}' is unknown: expected ${kinds} or one word of your own.`,
    { hint: `Write 'custom:${printable(text, 40).replaceAll(':', '.')}'.` },
  )
}
