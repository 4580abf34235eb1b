import {
  globMatcher,
  hookFacts,
  printable,
  type HookPointInfo,
  type HookRegistry,
  type TapTrace,
  type Usage,
} from '@llmspell/sdk'
import type { Counter, Histogram, Store } from './store.ts'

/** Tools, agents, models and so on told apart at one point. */
const MOST_COMPONENTS = 100
const LONGEST = 80
const MOST_TAPS = 1000
/** Behind all others. */
const STAGE = 1000
/** Points whose taps change nothing: the others are counted by what is tapped there. */
const TOLD: ReadonlySet<string> = new Set(['observe', 'series', 'notify'])

/** Whether a list of patterns, each of which may take out again, means a name. */
export function chosen(patterns: readonly string[]): (name: string) => boolean {
  const rules = patterns.map((pattern) => {
    const out = pattern.startsWith('!')
    return { out, fits: globMatcher(out ? pattern.slice(1) : pattern) }
  })
  return (name) => rules.findLast(({ fits }) => fits(name))?.out === false
}

/** Taps every chosen point that only tells. */
export function countPoints(
  hooks: HookRegistry,
  store: Store,
  wanted: (name: string) => boolean,
): void {
  for (const info of hooks.list()) {
    if (!TOLD.has(info.kind) || !wanted(info.name)) continue
    const count = counterOf(info, store)
    const tap =
      info.name === 'llm.done'
        ? (payload: unknown) => (count(payload), spent(payload, store))
        : count
    hooks.tap(info.name as never, tap as never, { stage: STAGE })
  }
}

interface Row {
  readonly calls: Counter
  times: Histogram | undefined
  readonly measure: () => Histogram
}

function counterOf({ name, kind, subject }: HookPointInfo, store: Store) {
  // By component, for each outcome: no key is built in a call.
  const rows = {
    none: new Map<string, Row>(),
    ok: new Map<string, Row>(),
    failed: new Map<string, Row>(),
  }
  const components = new Set<string>()
  const bounded = (found: string): string => {
    if (!components.has(found) && components.size >= MOST_COMPONENTS) return 'other'
    components.add(found)
    return found
  }
  const rowOf = (component: string, outcome: string): Row => {
    const shown = printable(bounded(component), LONGEST)
    const labels = { point: name, kind, component: shown }
    return {
      calls: store.counter('llmspell_hook_calls_total', { ...labels, outcome }),
      times: undefined,
      measure: () => store.histogram('llmspell_hook_duration_seconds', labels),
    }
  }
  return (payload: unknown): void => {
    const { component = '', ok, ms } = hookFacts(payload, subject)
    const outcome = ok === undefined ? 'none' : ok ? 'ok' : 'failed'
    const known = rows[outcome]
    let row = known.get(component)
    if (!row) {
      row = rowOf(component, outcome)
      if (known.size < MOST_COMPONENTS) known.set(component, row)
    }
    row.calls.add()
    if (ms !== undefined) (row.times ??= row.measure()).observe(ms / 1000)
  }
}

function spent(payload: unknown, store: Store): void {
  const { model, usage } = payload as { readonly model: string; readonly usage?: Usage }
  if (!usage) return
  const { inputTokens, outputTokens, cachedTokens = 0, reasoningTokens = 0, cost } = usage
  const named = { model: printable(model, LONGEST) }
  const tokens = { input: inputTokens, output: outputTokens, cachedTokens, reasoningTokens }
  for (const [kind, count] of Object.entries(tokens)) {
    const label = kind.replace('Tokens', '')
    store.counter('llmspell_model_tokens_total', { ...named, kind: label }).add(count)
  }
  store.counter('llmspell_model_cost_dollars_total', named).add(cost)
}

/** Counts and measures each call of each tap but our own. */
export function countTaps(hooks: HookRegistry, store: Store, own: string): void {
  const rows = new Map<string, readonly [Counter, Histogram]>()
  hooks.trace(({ point, owner, outcome, ms }: TapTrace) => {
    if (owner === own) return
    const key = `${point} ${outcome} ${owner}`
    const row = rows.get(key) ?? tapRow(store, point, owner, outcome)
    if (rows.size < MOST_TAPS) rows.set(key, row)
    row[0].add()
    row[1].observe(ms / 1000)
  })
}

function tapRow(
  store: Store,
  point: string,
  owner: string,
  outcome: string,
): readonly [Counter, Histogram] {
  const labels = { point, tap: printable(owner, LONGEST) }
  return [
    store.counter('llmspell_hook_taps_total', { ...labels, outcome }),
    store.histogram('llmspell_hook_tap_seconds', labels),
  ]
}
