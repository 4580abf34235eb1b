import type { Machine } from './machine.ts'

/** What the guest can call: gets its arguments, gives a value of the guest, or 0 for undefined. */
export type Native = (args: Arguments) => number

/** The arguments of one call of a native. */
export class Arguments {
  readonly machine: Machine
  readonly count: number
  readonly #argv: number

  constructor(machine: Machine, count: number, argv: number) {
    this.machine = machine
    this.count = count
    this.#argv = argv
  }

  pointer(index: number): number {
    return this.machine.api.QTS_ArgvGetJSValueConstPointer(this.#argv, index)
  }

  text(index: number): string {
    return index < this.count ? this.machine.textOf(this.pointer(index)) : ''
  }

  number(index: number): number {
    return this.machine.numberOf(this.pointer(index))
  }
}
