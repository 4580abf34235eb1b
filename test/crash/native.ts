import type { Json, RunContext } from '@llmspell/sdk'
import type { Hands } from './hands.ts'

/** A definition without a script that does everything a context can do. */
export class Reference {
  readonly #hands: Hands

  constructor(hands: Hands) {
    this.#hands = hands
  }

  #twice(context: RunContext, value: number): Promise<number> {
    return context.step('twice', async () => 2 * value, { effect: 'pure', args: { value } })
  }

  #once(context: RunContext, name: string): Promise<string> {
    const act = ({ idempotencyKey }: { readonly idempotencyKey: string }): Promise<string> =>
      this.#hands.ask(name, idempotencyKey)
    return context.step('once', act, { effect: 'idempotent', args: { name } })
  }

  #send(context: RunContext, name: string): Promise<string> {
    return context.step('send', () => this.#hands.ask(name), { args: { name } })
  }

  #note(context: RunContext, line: string): Promise<string> {
    return context.step('note', async () => this.#hands.note(line), { args: { name: line } })
  }

  async run(context: RunContext): Promise<Json> {
    const plain = await this.#sequence(context)
    const lanes = await this.#lanes(context)
    const rounds = await this.#rounds(context)
    const waits = await this.#waits(context)
    return { plain, lanes, rounds, waits, last: await this.#note(context, 'last') }
  }

  async #sequence(context: RunContext): Promise<Json> {
    const refused = await context
      .step('refuse', () => Promise.reject(new Error('on purpose')), { effect: 'pure' })
      .then(() => 'not refused')
      .catch(() => 'refused')
    return [
      await this.#twice(context, 21),
      await this.#once(context, 'row'),
      await this.#send(context, 'mail'),
      await this.#note(context, 'first'),
      refused,
      await this.#chance(context),
      await context.version('shape', 2),
      (await context.mark('early', { at: 'the start' })) > 0,
    ]
  }

  /** Other numbers in another life would be other arguments, and so another step. */
  async #chance(context: RunContext): Promise<Json> {
    const chance = [context.random(), context.uuid(), context.now()]
    const count = await context.step('chance', async () => 3, { effect: 'pure', args: { chance } })
    return count === chance.length
  }

  async #lanes(context: RunContext): Promise<Json> {
    const all = await context.all('all', {
      left: async (lane) => [await this.#send(lane, 'left-1'), await this.#once(lane, 'left-2')],
      right: async (lane) => [await this.#once(lane, 'right-1'), await this.#send(lane, 'right-2')],
      middle: async (lane) => [await this.#twice(lane, 4), await this.#send(lane, 'middle')],
    })
    const inner = await context.compose('composed', async (scope) => [
      await this.#send(scope, 'inner-1'),
      await this.#once(scope, 'inner-2'),
    ])
    return [all.left, all.right, all.middle, inner]
  }

  #rounds(context: RunContext): Promise<Json> {
    const start: readonly string[] = []
    return context.loop(
      'rounds',
      { state: start, maxIterations: 9, keep: 2 },
      async (round, done, i) => {
        const next = [...done, await this.#send(round, `round-${i}`)]
        return i === 4 ? { done: next } : { next }
      },
    )
  }

  async #waits(context: RunContext): Promise<Json> {
    await context.sleep('nap', 30)
    const approval = await context.waitSignal<Json>('approval')
    return [approval?.payload ?? null, approval?.by ?? null]
  }
}
