import { SpellError, type Value } from '@llmspell/sdk'
import type { Form } from './reader.ts'

/** What a name can stand for; undefined is nothing. */
export type Item = Value | undefined | Fn | readonly Item[] | { readonly [key: string]: Item }

/** A function of a script, with the names that it was made among. */
export class Fn {
  readonly params: readonly string[]
  readonly body: readonly Form[]
  readonly frame: Frame

  constructor(params: readonly string[], body: readonly Form[], frame: Frame) {
    this.params = params
    this.body = body
    this.frame = frame
  }
}

/** Names of one call, over those of the place where its function was made. */
export class Frame {
  readonly items = new Map<string, Item>()
  readonly outer: Frame | undefined
  /** A function was made in it, which may outlive the call. */
  kept = false

  constructor(outer?: Frame) {
    this.outer = outer
  }

  /** The frame that has a name, from the inside out. */
  holder(name: string): Frame | undefined {
    if (this.items.has(name)) return this
    return this.outer?.holder(name)
  }

  names(): string[] {
    return [...this.items.keys(), ...(this.outer?.names() ?? [])]
  }

  keep(): void {
    if (this.kept) return
    this.kept = true
    this.outer?.keep()
  }
}

export const isMap = (item: Item): item is { readonly [key: string]: Item } =>
  typeof item === 'object' &&
  item !== null &&
  !Array.isArray(item) &&
  !(item instanceof Uint8Array) &&
  !(item instanceof Fn)

/** An item as `print` shows it. */
export function textOf(item: Item): string {
  if (typeof item === 'string') return item
  if (item instanceof Fn) return `(fn (${item.params.join(' ')}) …)`
  if (isMap(item) && typeof item['text'] === 'string') return item['text']
  return JSON.stringify(item) ?? 'nothing'
}

/** What an item is called in messages. */
export function kindOf(item: Item): string {
  if (item === undefined) return 'nothing'
  if (item instanceof Fn) return 'a function'
  return Array.isArray(item) ? 'a list' : isMap(item) ? 'a map' : textOf(item)
}

/** An error of the script. */
export function broken(message: string, hint?: string): SpellError {
  return new SpellError('SCRIPT_ERROR', message, { hint: hint || undefined })
}
