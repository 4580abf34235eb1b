import { fromErrorRecord, isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord } from '@llmspell/sdk'
import { formsOf, SHORTEST } from './forms.ts'
import { isSecretName, maskedText } from './names.ts'
import { Starts } from './starts.ts'

/** Stands for a value inside itself. */
const CIRCLE = '…'
const NOTHING: Set<object> = new Set()

/** Replaces the values that a run has to hide by their labels. Costs one look while there are none. */
export class Redactor {
  readonly #labels = new Map<string, string>()
  readonly #values = new Set<string>()
  #pattern: RegExp | undefined
  #starts: Starts | undefined

  /** True when there is something to hide. */
  get active(): boolean {
    return this.#labels.size > 0
  }

  /** From here on the value and its usual forms are replaced by the label. Short ones are left alone. */
  conceal(value: string, label: string): void {
    if (value.length < SHORTEST || this.#values.has(value)) return
    this.#values.add(value)
    for (const form of formsOf(value)) if (!this.#labels.has(form)) this.#labels.set(form, label)
    const trimmed = value.trim()
    if (trimmed !== value) this.conceal(trimmed, label)
    this.#pattern = undefined
    this.#starts = undefined
  }

  text(text: string): string {
    if (!this.active || text.length < SHORTEST) return text
    return text.replace(this.#all, (form) => this.#labels.get(form)!)
  }

  /** A copy where something had to be replaced, else the very same. */
  value<T>(value: T): T {
    return this.active ? (this.#value(value, false) as T) : value
  }

  /** For journals and logs: what stands under the name of a secret is masked as well. */
  record<T>(value: T): T {
    return this.#value(value, true) as T
  }

  error<T>(error: T): T {
    if (!this.active || !(error instanceof Error)) return error
    if (!isSpellError(error)) return this.#foreign(error) as T
    const record = toErrorRecord(error)
    const shown = this.value<ErrorRecord>(record)
    return shown === record ? error : (fromErrorRecord(shown) as T)
  }

  /** A text that goes on: what may leave now, and its end as it is where that may be the beginning of a value. */
  split(text: string): readonly [shown: string, held: string] {
    if (!this.active) return [text, '']
    this.#starts ??= new Starts(this.#labels.keys())
    const open = text.length - this.#starts.endOf(text)
    const cut = open === text.length ? open : this.#before(text, open)
    return [this.text(text.slice(0, cut)), text.slice(cut)]
  }

  /** A value that goes over the place is not cut in two. */
  #before(text: string, place: number): number {
    for (const { index, 0: form } of text.matchAll(this.#all))
      if (index < place && index + form.length > place) return index
    return place
  }

  get #all(): RegExp {
    if (this.#pattern) return this.#pattern
    // The longest first: where one value is the beginning of another, the other is meant.
    const forms = [...this.#labels.keys()].sort((a, b) => b.length - a.length)
    this.#pattern = new RegExp(forms.map(escaped).join('|'), 'g')
    return this.#pattern
  }

  #foreign(error: Error): Error {
    const message = this.text(error.message)
    const cause = this.error(error.cause)
    if (message === error.message && cause === error.cause) return error
    const shown = new Error(message, cause === undefined ? undefined : { cause })
    shown.name = error.name
    shown.stack = this.text(error.stack ?? '')
    return shown
  }

  #value(value: unknown, byName: boolean, above: Set<object> = NOTHING): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Uint8Array) return this.#bytes(value)
    if (above.has(value)) return CIRCLE
    const way = above === NOTHING ? new Set<object>() : above
    way.add(value)
    const shown = Array.isArray(value)
      ? this.#list(value, byName, way)
      : this.#table(value as Record<string, unknown>, byName, way)
    way.delete(value)
    return shown
  }

  #bytes(bytes: Uint8Array): Uint8Array {
    if (!this.active || bytes.byteLength < SHORTEST) return bytes
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    const shown = this.text(text)
    return shown === text ? bytes : new Uint8Array(Buffer.from(shown, 'latin1'))
  }

  #list(list: readonly unknown[], byName: boolean, above: Set<object>): readonly unknown[] {
    let copy: unknown[] | undefined
    for (let i = 0; i < list.length; i++) {
      const shown = this.#value(list[i], byName, above)
      if (shown !== list[i]) (copy ??= [...list])[i] = shown
    }
    return copy ?? list
  }

  #table(table: Readonly<Record<string, unknown>>, byName: boolean, above: Set<object>): object {
    let changed = false
    const entries: [string, unknown][] = []
    for (const key of Object.keys(table)) {
      const item = table[key]
      const shown =
        byName && isSecretName(key) ? masked(item, above) : this.#value(item, byName, above)
      const name = this.text(key)
      changed ||= shown !== item || name !== key
      entries.push([name, shown])
    }
    return changed ? Object.fromEntries(entries) : table
  }
}

/** Texts, also inside lists and tables: a number under such a name counts something. */
function masked(item: unknown, above: Set<object>): unknown {
  if (typeof item === 'string') return maskedText(item)
  if (item instanceof Uint8Array) return '***'
  if (typeof item !== 'object' || item === null) return item
  if (above.has(item)) return CIRCLE
  above.add(item)
  const entries = Object.entries(item).map(([key, inner]) => [key, masked(inner, above)])
  above.delete(item)
  return Array.isArray(item) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
