import { AsyncLocalStorage } from 'node:async_hooks'
import type { CallContext } from '@llmspell/sdk'
import { defined } from './limits.ts'
import { Node } from './node.ts'
import type { Rules } from './node.ts'

/** On whose behalf the script is called back. */
export const around = new AsyncLocalStorage<Node>()

/** The tree of one run, and the parts that its script has open. */
export class Tree {
  readonly root: Node
  readonly #parts = new Map<string, Node>()
  #count = 0
  /** The last question to a person: one at a time. */
  asked: Promise<unknown> = Promise.resolve()
  /** Limits that a person would not raise. */
  readonly kept = new Set<string>()

  constructor(root: Node) {
    this.root = root
  }

  /**
   * The nodes in which the script's own calls count now. Which of several open parts a call belongs to cannot be
   * known in every language: it counts in all of them, so that no part takes more than it may.
   */
  open(): readonly Node[] {
    const inside = around.getStore()
    const within = inside?.chain().includes(this.root) ? [inside] : []
    return [...within, ...this.#parts.values()]
  }

  here(): Node {
    const open = this.open()
    if (open.length < 2) return open[0] ?? this.root
    return new Node('the script', {}, this.root.rules, open)
  }

  add(part: Node): string {
    const id = `part_${++this.#count}`
    this.#parts.set(id, part)
    return id
  }

  part(id: string): Node | undefined {
    return this.#parts.get(id)
  }

  remove(id: string): void {
    this.#parts.get(id)?.close()
    this.#parts.delete(id)
  }

  close(): void {
    for (const id of this.#parts.keys()) this.remove(id)
    this.root.close()
  }
}

/** The tree of the run of a call, made at its first use. */
export function treeOf(context: CallContext, rules: (runId: string) => Rules): Tree {
  return context.share('budgets', () => {
    const { tokens, cost } = context.limits ?? {}
    const value = new Tree(new Node('the run', defined({ tokens, cost }), rules(context.runId)))
    return { value, dispose: () => value.close() }
  })
}
