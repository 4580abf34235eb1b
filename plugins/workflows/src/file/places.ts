import type { Document, LineCounter, Node } from 'yaml'

/** From 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

type Ranged = { readonly range?: readonly number[] | null | undefined }
interface Pair {
  readonly key: Ranged & { readonly value?: unknown }
  readonly value: unknown
}

/** Where in its text the values of a document stand. */
export class Places {
  readonly #document: Document
  readonly #lines: LineCounter

  constructor(document: Document, lines: LineCounter) {
    this.#document = document
    this.#lines = lines
  }

  /** The place of a path such as `steps[2].input`, or of what is next above it. */
  of(path: string): Place | undefined {
    let here: unknown = this.#document.contents
    let at = offset(here)
    for (const segment of segmentsOf(path)) {
      const next = this.#below(here, segment)
      if (!next) break
      ;[here, at] = next
    }
    if (at === undefined) return undefined
    const { line, col } = this.#lines.linePos(at)
    return { line, column: col }
  }

  #below(node: unknown, segment: string): readonly [unknown, number | undefined] | undefined {
    const inner = this.#resolved(node)
    if (!inner) return undefined
    if (!isPairs(inner)) {
      const item = inner.items[Number(segment)]
      return item === undefined ? undefined : [item, offset(item)]
    }
    const pair = inner.items.find(({ key }) => String(key.value) === segment)
    return pair && [pair.value, offset(pair.key)]
  }

  #resolved(node: unknown): { readonly items: readonly unknown[] } | undefined {
    const alias = node as { readonly resolve?: (document: Document) => Node | undefined }
    const target: unknown =
      typeof alias?.resolve === 'function' ? alias.resolve(this.#document) : node
    const items = (target as { readonly items?: unknown } | null | undefined)?.items
    return Array.isArray(items) ? (target as { items: readonly unknown[] }) : undefined
  }
}

function isPairs(node: { readonly items: readonly unknown[] }): node is { items: readonly Pair[] } {
  const [first] = node.items
  return typeof first === 'object' && first !== null && 'key' in first
}

function offset(node: unknown): number | undefined {
  return (node as Ranged | null | undefined)?.range?.[0]
}

function segmentsOf(path: string): readonly string[] {
  const found = path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)
  return [...found].map(([, index, quoted, word]) => index ?? quoted ?? word ?? '')
}
