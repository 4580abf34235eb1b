import type { Json, JournalRecord, StepPath } from '@llmspell/sdk'
import type { Life } from './life.ts'
import { escaped } from './paths.ts'
import { pack } from './values.ts'

/** No step has such a place: theirs end with an ordinal. */
const FACT = /\/fact:[^/#]*$/
/** Of one name in one scope: who reads on is told the last one again. */
const MOST_RECORDED = 1_000

/** True for what code was told: it settles nothing, and nobody waits for it. */
export const isFact = ({ kind, path }: JournalRecord): boolean => kind === 'mark' && FACT.test(path)

/** What the code of one scope was told of its life: the same in every later life at the same place. */
export class Facts {
  readonly #life: Life
  readonly #scope: StepPath
  #recorded: ReadonlyMap<StepPath, Json> | undefined
  /** By name: how often it was read, and what was told last. */
  readonly #told = new Map<string, { readonly count: number; readonly value: Json }>()

  constructor(life: Life, scope: StepPath) {
    this.#life = life
    this.#scope = scope
  }

  /** Its place has no ordinal among the steps: to read it moves nothing else. */
  read(name: string, current: () => Json): Json {
    const before = this.#told.get(name)
    const count = before?.count ?? 0
    if (before && count >= MOST_RECORDED) return before.value
    const path = `${this.#scope}/fact:${escaped(name)}:${count}`
    this.#recorded ??= new Map(this.#life.plan.records.flatMap(factIn))
    const value = this.#recorded.get(path) ?? this.#note(path, name, current())
    this.#told.set(name, { count: count + 1, value })
    return value
  }

  #note(path: StepPath, name: string, value: Json): Json {
    if (this.#life.plan.mode === 'replay') return value
    const { stored } = pack(value)
    void this.#life.note({ kind: 'mark', path, label: `fact:${name}`, data: stored }, false)
    return value
  }
}

function factIn(record: JournalRecord): [StepPath, Json][] {
  if (!isFact(record) || record.kind !== 'mark' || !record.data) return []
  return 'inline' in record.data ? [[record.path, record.data.inline]] : []
}
