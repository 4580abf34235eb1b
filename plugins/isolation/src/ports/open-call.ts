import { isSpellError, type SpellError } from '@llmspell/sdk'
import type { Access, GrantLayer, ToolCall } from '@llmspell/sdk'
import { callEnded, tooManyDenials, tooManyObjects } from '../errors.ts'

const MOST_OBJECTS = 64
/** Each one is a line of the audit, on the disk. */
const MOST_DENIED = 100
const MOST_GIVEN = 64

interface Kept {
  readonly kind: string
  readonly object: unknown
  readonly close: () => unknown
}

/** One call under way, with what it has opened: nothing of it is left when it ends. */
export class OpenCall {
  readonly call: ToolCall
  /** The call's own grants, and no more than the manifest says. */
  readonly access: Access
  readonly #kept = new Map<number, Kept>()
  #next = 0
  /** Values that it has had hidden. */
  concealed = 0
  #ended = false
  #denied = 0
  readonly #given = new Map<string, SpellError>()

  constructor(call: ToolCall, layer: GrantLayer) {
    this.call = call
    const { subject, root, signal, run } = call
    const grants = [...call.grants, layer]
    this.access = { subject, grants, root, signal, ...(run ? { run } : {}) }
  }

  /** @throws ISOLATED_ONLY for a call that was told no too often */
  admit(): void {
    if (this.#denied >= MOST_DENIED) throw tooManyDenials(MOST_DENIED)
  }

  /** An error that the other side is given. */
  give(error: unknown): void {
    if (!isSpellError(error)) return
    if (error.code === 'PERMISSION_DENIED') this.#denied++
    if (this.#given.size < MOST_GIVEN) this.#given.set(keyOf(error), error)
  }

  /** The error that it was given, where it throws the same. */
  given(error: SpellError): SpellError | undefined {
    return this.#given.get(keyOf(error))
  }

  /** Whether it was given an error with this code. */
  gave(code: string): boolean {
    return [...this.#given.values()].some((error) => error.code === code)
  }

  /** @returns the number that the other side knows it by */
  keep(kind: string, object: unknown, close: () => unknown): number {
    if (this.#ended || this.#kept.size >= MOST_OBJECTS) {
      void closed(close)
      throw this.#ended ? callEnded() : tooManyObjects(MOST_OBJECTS)
    }
    this.#kept.set(this.#next, { kind, object, close })
    return this.#next++
  }

  get<T>(kind: string, id: unknown): T {
    const kept = this.#kept.get(id as number)
    if (kept?.kind === kind) return kept.object as T
    throw callEnded()
  }

  async drop(id: unknown): Promise<void> {
    const kept = this.#kept.get(id as number)
    this.#kept.delete(id as number)
    await kept?.close()
  }

  async end(): Promise<void> {
    this.#ended = true
    const all = [...this.#kept.values()].reverse()
    this.#kept.clear()
    await Promise.all(all.map(({ close }) => closed(close)))
  }
}

function keyOf({ code, message }: SpellError): string {
  return `${code} ${message}`
}

async function closed(close: () => unknown): Promise<void> {
  try {
    await close()
  } catch {
    // Whoever cared about it is gone.
  }
}
