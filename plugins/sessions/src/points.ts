import type { HookPoint, HookRegistry } from '@llmspell/sdk'
import type { SessionFacts, SessionInfo } from './types.ts'

const NAMES = ['start', 'end', 'saved', 'restored', 'checkpoint'] as const
export type PointName = (typeof NAMES)[number]

/** The run at whose word it happens; without one the host. */
export interface Teller {
  readonly runId?: string | undefined
}

/** The hook points of sessions. */
export class Points {
  readonly #points: ReadonlyMap<PointName, HookPoint<`session.${PointName}`>>

  constructor(hooks: HookRegistry) {
    this.#points = new Map(NAMES.map((name) => [name, hooks.point(`session.${name}`)]))
  }

  async tell(name: PointName, session: SessionInfo, { runId }: Teller): Promise<void> {
    const point = this.#points.get(name)!
    if (point.used) await point.call(factsOf(session, runId))
  }
}

function factsOf({ id, name, status }: SessionInfo, runId = 'host'): SessionFacts {
  return { run_id: runId, session: id, ...(name === undefined ? {} : { name }), status }
}
