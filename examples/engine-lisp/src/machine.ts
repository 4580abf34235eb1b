import type { HandleRef } from '@llmspell/sdk'
import type { Arena } from './arena.ts'
import type { Frame, Item } from './items.ts'
import type { Form } from './reader.ts'

/** A function of the host that is called. */
export type Call = { readonly name: string; readonly args: readonly Item[] } & (
  | { readonly module: string }
  | { readonly handle: HandleRef }
)

/** What a script asks of the host: a call, output, or the next chunks of a stream, which may also be left. */
export type Wish =
  | { readonly type: 'call'; readonly call: Call }
  | { readonly type: 'write'; readonly text: string }
  | { readonly type: 'pull' | 'leave'; readonly stream: string }

/** A script stops at each wish, so that only the language runs in the engine's time. */
export type Steps<T = Item> = Generator<Wish, T, Item>

/** What the pieces of the language share. */
export interface Machine {
  readonly arena: Arena
  readonly modules: readonly string[]
  field(module: string, name: string): Item
  /** The stream that a handle stands for, where it does. */
  iterates(handle: HandleRef): string | undefined
  evaluate(form: Form, frame: Frame): Steps
  body(forms: readonly Form[], frame: Frame): Steps
  call(fn: Item, args: readonly Item[]): Steps
}
