import { cancelledBy, misfit } from '@llmspell/sdk'
import type { CallContext, HookPoint, HookRegistry, ToolFilter, Value } from '@llmspell/sdk'
import { callerOf } from './caller.ts'
import type { Catalog } from './catalog.ts'
import { copyOf } from './copy.ts'
import { ranked, rowOf, select } from './describe.ts'
import { validators } from './generated/tool.module.validate.js'

type Method = 'list' | 'discover'

/** What a script finds when it looks for tools, as the hooks leave it. */
export class Search {
  readonly #catalog: Catalog
  readonly #before: HookPoint<'tool.list'>
  readonly #after: HookPoint<'tool.listed'>

  constructor(catalog: Catalog, hooks: HookRegistry) {
    this.#catalog = catalog
    this.#before = hooks.point('tool.list')
    this.#after = hooks.point('tool.listed')
  }

  /** @throws HOOK_CANCELLED, HOOK_RESULT_INVALID */
  async rows(method: Method, filter: ToolFilter, context: CallContext): Promise<readonly Value[]> {
    if (!this.#before.used) return this.#shown(method, filter, context, undefined)
    const facts = { ...factsOf(method, context), filter: copyOf(filter) }
    const { data, changed, verdict } = await this.#before.call(facts)
    if (verdict?.type === 'cancel') throw cancelledBy('A search for tools', 'tool.list', verdict)
    const asked = changed ? checkedFilter(method, data.filter) : filter
    const instead =
      verdict?.type === 'replace' ? checkedRows('tool.list', verdict.result, verdict.by) : undefined
    return this.#shown(method, asked, context, instead)
  }

  async #shown(
    method: Method,
    filter: ToolFilter,
    context: CallContext,
    instead: readonly Value[] | undefined,
  ): Promise<readonly Value[]> {
    const rows = instead ?? this.#found(method, filter, context)
    if (!this.#after.used) return rows
    const facts = { ...factsOf(method, context), filter: copyOf(filter), rows: copyOf(rows) }
    const { data, changed } = await this.#after.call(facts)
    return changed ? checkedRows('tool.listed', data.rows) : rows
  }

  #found(method: Method, filter: ToolFilter, context: CallContext): readonly Value[] {
    const order = method === 'list' ? select : ranked
    return order(this.#catalog.all(context), filter).map(rowOf)
  }
}

function factsOf(method: Method, context: CallContext) {
  const { runId: run_id, seq } = context
  return { run_id, seq, caller: callerOf(context), method }
}

function checkedFilter(method: Method, filter: ToolFilter): ToolFilter {
  if (validators[method]!({ filter })) return filter
  throw misfit('tool.list', `a filter that Tool.${method} takes`, 'another')
}

function checkedRows(point: string, rows: unknown, by?: string): readonly Value[] {
  if (Array.isArray(rows) && rows.every(isRow)) return rows as readonly Value[]
  throw misfit(point, 'rows, each with a name', 'something else', by)
}

function isRow(row: unknown): boolean {
  return typeof (row as { readonly name?: unknown } | null | undefined)?.name === 'string'
}
