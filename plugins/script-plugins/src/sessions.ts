import { AsyncLocalStorage } from 'node:async_hooks'
import { isSpellError, MOST_RESTARTS, Restarts, SpellError } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import type { Visit } from './door.ts'
import type { Group } from './functions.ts'
import type { PluginSession } from './session.ts'

/** Calls of a plugin that a call of it may lead to, one in the other. */
const DEEPEST = 4
/** Codes of a main part that had to be ended. */
const OVER: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'CANCELLED',
  'MEMORY_LIMIT',
  'OUTPUT_LIMIT',
  'SESSION_KILLED',
])

/** The sessions of one script plugin: a call has one to itself, the same again as long as one is enough. */
export class Sessions {
  readonly #file: string
  readonly #most: number
  readonly #open: (signal: AbortSignal) => Promise<PluginSession>
  /** The one that was opened first stands first. */
  #idle: PluginSession[] = []
  readonly #all: PluginSession[] = []
  readonly #waiting: (() => void)[] = []
  readonly #restarts = new Restarts()
  readonly #depth = new AsyncLocalStorage<number>()
  #busy = 0

  /** @param open is ended by the call that it is for */
  constructor(file: string, most: number, open: (signal: AbortSignal) => Promise<PluginSession>) {
    this.#file = file
    this.#most = most
    this.#open = open
  }

  /** @throws SCRIPT_PLUGIN_FAILED; SCRIPT_PLUGIN_INVALID; what the function raises */
  async call(group: Group, name: string, args: readonly Value[], visit: Visit) {
    const depth = (this.#depth.getStore() ?? 0) + 1
    if (depth > DEEPEST) throw tooDeep(this.#file)
    await this.#turn(depth, visit.signal)
    try {
      const session = await this.#take(visit.signal)
      try {
        return await this.#depth.run(depth, () =>
          session.call(group, name, args, within(visit, this.#depth, depth)),
        )
      } finally {
        this.#giveBack(session)
      }
    } finally {
      this.#busy--
      this.#waiting.shift()?.()
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((session) => session.close()))
  }

  /** What a call leads to does not wait for calls that wait for it. */
  async #turn(depth: number, signal: AbortSignal): Promise<void> {
    while (depth === 1 && this.#busy >= this.#most) {
      await this.#waited(signal)
    }
    signal.throwIfAborted()
    this.#busy++
  }

  async #waited(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { promise, resolve } = Promise.withResolvers<void>()
    const leave = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(resolve), 1)
      resolve()
    }
    this.#waiting.push(resolve)
    signal.addEventListener('abort', leave, { once: true })
    await promise
    signal.removeEventListener('abort', leave)
  }

  async #take(signal: AbortSignal): Promise<PluginSession> {
    const known = this.#idle.shift()
    if (known) return known
    if (!this.#restarts.allows(Date.now())) throw ended(this.#file)
    try {
      const session = await this.#open(signal)
      this.#all.push(session)
      return session
    } catch (error) {
      if (isSpellError(error) && OVER.has(error.code)) this.#restarts.add(Date.now())
      throw error
    }
  }

  #giveBack(session: PluginSession): void {
    if (!session.alive) {
      this.#all.splice(this.#all.indexOf(session), 1)
      return this.#restarts.add(Date.now())
    }
    const place = (one: PluginSession): number => this.#all.indexOf(one)
    this.#idle = [...this.#idle, session].sort((a, b) => place(a) - place(b))
  }
}

/** What a call asks for is a part of it, wherever the message of its thread comes in. */
function within(visit: Visit, store: AsyncLocalStorage<number>, depth: number): Visit {
  const { caller } = visit
  if (!caller) return visit
  return {
    ...visit,
    caller: { call: (...asked) => store.run(depth, () => caller.call(...asked)) },
  }
}

function tooDeep(file: string): SpellError {
  const text = `The script plugin '${file}' calls itself more than ${DEEPEST} times, one in the other.`
  return new SpellError('SCRIPT_PLUGIN_REFUSED', text, { hint: 'Call its function, not its tool.' })
}

function ended(file: string): SpellError {
  const text = `The script plugin '${file}' had to be ended ${MOST_RESTARTS} times in ten minutes.`
  return new SpellError('SCRIPT_PLUGIN_FAILED', text, {
    hint: 'Let its functions end in time and keep less; it is tried again after ten minutes.',
  })
}
