import { didYouMean, printable } from '@llmspell/sdk'

/** Which paths are asked for: all, or these and what is below them. */
export class Chosen {
  readonly #names: readonly string[] | undefined
  readonly #found = new Set<string>()
  readonly #paths: string[] = []

  constructor(names: readonly string[] | undefined) {
    this.#names = names?.map((name) => name.replace(/^(?:\.\/)+/, '').replace(/\/+$/, ''))
  }

  has(path: string): boolean {
    if (!this.#names) return true
    this.#paths.push(path)
    const name = this.#names.find((each) => path === each || path.startsWith(`${each}/`))
    if (name !== undefined) this.#found.add(name)
    return name !== undefined
  }

  /** The first name that nothing was found for. */
  missing(): { at: number; found: string; hint: { hint?: string } } | undefined {
    const at = this.#names?.findIndex((name) => !this.#found.has(name)) ?? -1
    if (at < 0) return undefined
    const name = this.#names![at]!
    const hint = didYouMean(name, this.#paths)
    return { at, found: `'${printable(name, 80)}'`, hint: hint === '' ? {} : { hint } }
  }
}
