import { KeptTables } from '@llmspell/sdk'
import type { GrownTable, Value } from '@llmspell/sdk'
import type { Callback, Core } from './core.ts'
import type { Place } from './place.ts'

type Args = readonly (Value | undefined)[]

interface Shown {
  readonly module: string
  readonly place: Place | undefined
}

/** Tables that grow from call to call: the guest reads of them what it touches. */
export class Kept {
  readonly #core: Core
  readonly #tables = new KeptTables()
  readonly #shown = new Map<string, Shown>()

  constructor(core: Core) {
    this.#core = core
  }

  /** The arguments without the table, and its name. @returns undefined where the whole is asked for again */
  taken(args: Args, { keeps, module, params }: Callback): { args: Args; of: string } | undefined {
    if (keeps === '' || args.length === 0) return { args, of: '' }
    const last = args.at(-1) as Readonly<Record<string, Value>>
    const given = last[keeps] as unknown as GrownTable
    if (!this.#tables.grow(given)) return undefined
    const place = params[args.length - 1]?.property(keeps)
    if (given.after === 0) this.#show(given.of, { module, place })
    return { args: [...args.slice(0, -1), { ...last, [keeps]: null }], of: given.of }
  }

  /** Of tables that are no more, their names are forgotten in the order of their beginning. */
  #show(of: string, shown: Shown): void {
    this.#shown.delete(of)
    this.#shown.set(of, shown)
    if (this.#shown.size > 1024) this.#shown.delete(this.#shown.keys().next().value!)
  }

  /** Text that the guest's `decode` reads; empty where there is no such entry. */
  entry(of: string, name: string): string {
    const value = this.#tables.entries(of).get(name)
    const { module = '', place } = this.#shown.get(of) ?? {}
    return this.#core.outgoing(module).text(value, place?.property(name))
  }

  names(of: string): readonly string[] {
    return [...this.#tables.entries(of).keys()]
  }
}
