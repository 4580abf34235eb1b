import { modelInvalid } from './errors.ts'

/** Where a key is: in a variable (or in `.env`), or a secret by name. */
export interface Reference {
  readonly kind: 'env' | 'secret'
  readonly name: string
}

/** Undefined for a key itself. @throws MODEL_INVALID for a reference without a name */
export function readReference(key: string): Reference | undefined {
  const [, kind, name] = /^(env|secret):(.*)$/s.exec(key) ?? []
  if (kind === undefined) return undefined
  if (!name) throw modelInvalid("a key as 'env:NAME' or 'secret:name'", `'${key}'`)
  if (kind === 'secret' && name.startsWith('env:')) return readReference(name)
  return { kind: kind as Reference['kind'], name }
}

/** As it is written. */
export function shownReference({ kind, name }: Reference): string {
  return `${kind}:${name}`
}

/** What a word that servers take in place of a key looks like, such as `none` or `ollama`: it is no secret. */
export function isPlaceholder(key: string): boolean {
  return key.length < 16 && /^[A-Za-z_-]*$/.test(key)
}
