import { SpellError } from '@llmspell/sdk'
import type { HookRegistry, Undo } from '@llmspell/sdk'
import { CUSTOM } from './points.ts'
import type { ScriptPoint } from './points.ts'
import type { Registration } from './registration.ts'

/** After the guards of the plugins. */
const STAGE = 100
const MOST_OF_RUN = 1000

interface Stand {
  hooks: readonly Registration[]
  readonly untap: Undo
}

/** The hooks of all scripts by point: one tap for each point that has any. */
export class Registrations {
  readonly #hooks: HookRegistry
  readonly #tapOf: (point: ScriptPoint) => (payload: unknown) => unknown
  readonly #stands = new Map<string, Stand>()
  readonly #counts = new Map<string, number>()

  constructor(hooks: HookRegistry, tapOf: (point: ScriptPoint) => (payload: unknown) => unknown) {
    this.#hooks = hooks
    this.#tapOf = tapOf
  }

  /** @throws HOOK_LIMIT */
  add(hook: Registration): void {
    const { runId } = hook.owner
    const count = this.#counts.get(runId) ?? 0
    if (count >= MOST_OF_RUN) throw tooMany()
    this.#counts.set(runId, count + 1)
    const stand = this.#stands.get(hook.point.name) ?? this.#open(hook.point)
    stand.hooks = [...stand.hooks, hook].sort(
      (a, b) => a.rank - b.rank || a.owner.place - b.owner.place,
    )
  }

  /** False where it was removed before. */
  remove(hook: Registration): boolean {
    const { name } = hook.point
    const stand = this.#stands.get(name)
    if (!stand?.hooks.includes(hook)) return false
    stand.hooks = stand.hooks.filter((other) => other !== hook)
    this.#count(hook.owner.runId)
    if (stand.hooks.length > 0) return true
    this.#stands.delete(name)
    stand.untap()
    return true
  }

  /**
   * What is asked about the doings of one run, in order. Its own hooks come first: those that hold for all runs see what they
   * made of it.
   */
  at(point: ScriptPoint, runId: string | undefined): readonly Registration[] {
    const all = this.#stands.get(point.name)?.hooks ?? []
    const held = all.filter((hook) => hook.holdsFor(runId))
    return [
      ...held.filter(({ owner }) => !owner.everywhere),
      ...held.filter(({ owner }) => owner.everywhere),
    ]
  }

  of(runId: string): readonly Registration[] {
    return [...this.#stands.values()].flatMap(({ hooks }) =>
      hooks.filter(({ owner }) => owner.runId === runId),
    )
  }

  #open(point: ScriptPoint): Stand {
    const stand: Stand = { hooks: [], untap: this.#tap(point) }
    this.#stands.set(point.name, stand)
    return stand
  }

  /** Each hook has a limit of its own, so the tap of all of them has none. */
  #tap(point: ScriptPoint): Undo {
    if (point.name.startsWith(CUSTOM)) return () => {}
    const options = { stage: STAGE, timeout: Infinity, label: 'scripts', tells: true }
    return this.#hooks.tap(point.name as never, this.#tapOf(point) as never, options)
  }

  #count(runId: string): void {
    const count = (this.#counts.get(runId) ?? 1) - 1
    if (count > 0) this.#counts.set(runId, count)
    else this.#counts.delete(runId)
  }
}

function tooMany(): SpellError {
  return new SpellError('HOOK_LIMIT', `A run holds at most ${MOST_OF_RUN} hooks.`, {
    hint: 'Unregister those that are not needed.',
  })
}
