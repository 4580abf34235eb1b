import type { CallContext, Value } from '@llmspell/sdk'
import type { Replays } from './replay.ts'
import type { SessionWork } from './session.ts'
import type { ReplayOptions } from './types.ts'

/** Replays that scripts ask for: steps of a durable run, under the rights of the script. */
export class ScriptReplays {
  readonly #work: SessionWork
  readonly #replays: Replays

  constructor(work: SessionWork, replays: Replays) {
    this.#work = work
    this.#replays = replays
  }

  async can(id: string, context: CallContext): Promise<boolean> {
    return (await this.facts(id, context)).can_replay as boolean
  }

  async facts(id: string, context: CallContext): Promise<{ readonly [key: string]: Value }> {
    const session = await this.#work.known(id, 'replay', context)
    const look = async (): Promise<Value> => {
      await this.#work.requireRuns(session, context)
      return (await this.#replays.facts(session)) as unknown as Value
    }
    return (await context.step('facts', look, { effect: 'pure' })) as { [key: string]: Value }
  }

  /** What is asked anew may do no more than the script that asks. */
  async replay(id: string, options: ReplayOptions, context: CallContext): Promise<Value> {
    const session = await this.#work.known(id, 'replay', context)
    const { grants, signal } = context
    return context.step(
      'replay',
      async (_inner, { idempotencyKey: key }) => {
        await this.#work.requireRuns(session, context)
        const request = { ...options, grants, signal, key }
        return (await this.#replays.replay(session, request)) as unknown as Value
      },
      { effect: 'idempotent' },
    )
  }
}
