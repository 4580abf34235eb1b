import type { HostCall } from '@llmspell/sdk'

/** So many calls of a function are not waited for after one that was slow. */
const PATIENCE = 256

/** Knows which functions of the host were answered quickly when they were last called. */
export class Pace {
  readonly #slow = new Map<string, number>()

  isQuick({ module, function: name }: HostCall): boolean {
    if (this.#slow.size === 0) return true
    const key = `${module}.${name}`
    const left = this.#slow.get(key)
    if (left === undefined) return true
    if (left > 1) this.#slow.set(key, left - 1)
    else this.#slow.delete(key)
    return false
  }

  note({ module, function: name }: HostCall, quick: boolean): void {
    if (!quick) this.#slow.set(`${module}.${name}`, PATIENCE)
  }
}
