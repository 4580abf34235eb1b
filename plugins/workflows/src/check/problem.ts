import { didYouMean } from '@llmspell/sdk'

/** What kind of mistake it is; stable, for programs and tests. */
export type ProblemKind =
  | 'type'
  | 'value'
  | 'missing'
  | 'unknown-key'
  | 'form'
  | 'empty'
  | 'duplicate'
  | 'template'
  | 'reference'
  | 'cycle'
  | 'condition'
  | 'endless'
  | 'tool'
  | 'agent'
  | 'size'
  | 'syntax'
  | 'input'
  | 'version'

export interface Problem {
  /** `steps[2].input.path`; from 0, as in JSON. Empty for the definition itself. */
  readonly path: string
  readonly kind: ProblemKind
  readonly message: string
  readonly hint?: string
}

/** More would help nobody, and a hostile definition has as many as it likes. */
const MOST = 100
/** Suggestions compare each candidate letter by letter. */
const MOST_CANDIDATES = 200

/** What a check has found so far, in the order of the definition. */
export class Findings {
  readonly #problems: Problem[] = []
  #dropped = 0

  add(path: string, kind: ProblemKind, message: string, hint?: string): void {
    if (this.#problems.length >= MOST) this.#dropped++
    else this.#problems.push({ path, kind, message, ...(hint ? { hint } : {}) })
  }

  /** Adds one whose hint is the nearest of the candidates. */
  addUnknown(
    path: string,
    kind: ProblemKind,
    message: string,
    [name, candidates, otherwise]: readonly [string, Iterable<string>, (string | undefined)?],
  ): void {
    const full = this.#problems.length >= MOST
    const near = full ? [] : some(candidates)
    this.add(path, kind, message, full ? undefined : didYouMean(name, near, otherwise))
  }

  get all(): readonly Problem[] {
    if (this.#dropped === 0) return this.#problems
    const message = `${this.#dropped} more problems are not listed.`
    return [...this.#problems, { path: '', kind: 'size', message }]
  }
}

function* some(candidates: Iterable<string>): Generator<string> {
  let left = MOST_CANDIDATES
  for (const candidate of candidates) {
    if (left-- === 0) return
    yield candidate
  }
}

/** A name from outside in a message: short, in quotes. */
export function quoted(name: string): string {
  return `'${name.length > 60 ? `${name.slice(0, 59)}…` : name}'`
}

/** Path of a key below a path. */
export function below(path: string, key: string): string {
  const word = /^[A-Za-z_][\w-]*$/.test(key) ? key : JSON.stringify(key.slice(0, 60))
  if (word !== key) return `${path}[${word}]`
  return path === '' ? key : `${path}.${key}`
}

/** What was found, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Uint8Array) return 'bytes'
  if (typeof value === 'object') return 'a table'
  if (typeof value === 'string') return `text (${quoted(value)})`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'function' ? 'a function' : typeof value
}
