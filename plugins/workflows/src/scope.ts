import { checkValue, isRef } from '@llmspell/sdk'
import type { GrownTable, StepOutput, Value, WorkflowScope } from '@llmspell/sdk'
import { unknownReference } from './errors.ts'
import { Deliveries, Growth } from './growth.ts'
import type { Parcel } from './growth.ts'
import { changes } from './written.ts'

type Vars = Record<string, Value>

/** What templates, conditions and functions of one lane see. */
export class Scope {
  readonly name: string
  readonly input: Value
  readonly runId: string
  /** Shared by all lanes of an execution. */
  vars: Vars
  readonly item: Value | undefined
  readonly index: number | undefined
  readonly #above: Scope | undefined
  readonly #steps = new Map<string, StepOutput>()
  readonly #growth = new Growth()
  readonly deliveries = new Deliveries()
  readonly #place: string
  #lanes = 0

  constructor(
    facts: {
      readonly name: string
      readonly input: Value
      readonly runId: string
      readonly vars: Vars
    },
    above?: Scope,
    place: { readonly item?: Value | undefined; readonly index?: number | undefined } = {},
  ) {
    this.name = facts.name
    this.input = facts.input
    this.runId = facts.runId
    this.vars = facts.vars
    this.#above = above
    this.#place = above ? `${above.#place}.${++above.#lanes}` : ''
    this.item = place.item === undefined ? above?.item : place.item
    this.index = place.index ?? above?.index
  }

  /** A lane beside others: it sees what was there before, and its own steps. */
  lane(
    place: { readonly item?: Value | undefined; readonly index?: number | undefined } = {},
  ): Scope {
    return new Scope(this, this, place)
  }

  set(step: string, output: StepOutput): void {
    this.#steps.set(step, output)
    this.#growth.add(step, this.#steps.size)
  }

  /** Takes over what the steps of a lane gave. */
  join(lane: Scope): void {
    for (const [name, output] of lane.#steps) this.set(name, output)
  }

  step(name: string): StepOutput | undefined {
    return this.#steps.get(name) ?? this.#above?.step(name)
  }

  get steps(): Readonly<Record<string, StepOutput>> {
    const all: Record<string, StepOutput> = Object.create(null) as Record<string, StepOutput>
    this.#collect(all)
    return { ...all }
  }

  #collect(all: Record<string, StepOutput>): void {
    if (this.#above) this.#above.#collect(all)
    for (const [name, output] of this.#steps) all[name] = output
  }

  /** Takes over what a function has changed: two at a time may write, each its own keys. */
  write(sent: Readonly<Record<string, Value>>, left: Readonly<Record<string, Value>>): void {
    for (const [key, value] of changes(sent, left)) {
      if (value === undefined) delete this.vars[key]
      else this.vars[key] = checkValue(value, { path: `vars.${key}` })
    }
  }

  /** The steps as what has come since the last parcel that has arrived. */
  parcel(execution: string): Parcel {
    return this.deliveries.parcel(`${execution}${this.#place}`, this.#levels(), {
      all: () => this.steps,
      one: (name) => this.step(name)!,
    })
  }

  #levels(): readonly Growth[] {
    return this.#above ? [...this.#above.#levels(), this.#growth] : [this.#growth]
  }

  /** As plain data, for functions of the script. */
  data(steps?: GrownTable): WorkflowScope {
    const { name, input, vars, item, index } = this
    const all = (): WorkflowScope['steps'] => this.steps
    let found = steps as unknown as WorkflowScope['steps'] | undefined
    return {
      name,
      input,
      vars: { ...vars },
      // Most functions look at none of them.
      get steps() {
        return (found ??= all())
      },
      ...(item === undefined ? {} : { item }),
      ...(index === undefined ? {} : { index }),
      run: { id: this.runId },
    }
  }

  /** @throws WORKFLOW_REFERENCE_UNKNOWN with a suggestion */
  lookup(path: readonly [string, ...string[]], source: string): Value {
    const [root, ...rest] = path
    if (root === 'steps' && rest.length > 0) {
      const [step, ...inner] = rest
      const found = this.step(step!)
      if (!found) throw unknownReference(source, step!, Object.keys(this.steps))
      return walk(found as unknown as Value, inner, source)
    }
    const data = this.data() as unknown as Readonly<Record<string, Value>>
    return walk(data, [root, ...rest], source)
  }
}

/** Lists are counted from 1, as in scripts of both languages. */
function walk(from: Value, path: readonly string[], source: string): Value {
  let value: Value = from
  for (const part of path) {
    const found = inside(value, part)
    if (found === undefined) throw unknownReference(source, part, keysOf(value))
    value = found
  }
  return value
}

function inside(value: Value, part: string): Value | undefined {
  if (Array.isArray(value)) {
    const items = value as readonly Value[]
    return /^[1-9][0-9]*$/.test(part) ? items[Number(part) - 1] : undefined
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined
  const table = (isRef(value, 'handle') ? value.fields : value) as Readonly<Record<string, Value>>
  return Object.hasOwn(table, part) ? table[part] : undefined
}

function keysOf(value: Value): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : [`1 to ${value.length}`]
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return []
  return Object.keys(isRef(value, 'handle') ? value.fields : value)
}
