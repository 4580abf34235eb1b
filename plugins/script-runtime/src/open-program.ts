import { isSpellError } from '@llmspell/sdk'
import type { CallbackRef, Logger, OpenProgram, OpenProgramRequest, Value } from '@llmspell/sdk'
import { reasonOf } from './failure.ts'
import { hostOf } from './program.ts'
import { encode } from './references.ts'
import { RunScope } from './scope.ts'
import { timedOut } from './scope-errors.ts'
import type { HostSide, HostedSession } from './transport/session.ts'
import { untilEnded } from './until-ended.ts'

/** Runs the main part of a program, and keeps its session for calls of its functions. */
export async function openProgram(
  request: OpenProgramRequest,
  open: (host: HostSide) => Promise<HostedSession>,
  logger: Logger,
): Promise<OpenProgram> {
  const { source, file, limits, signal, write } = request
  const { timeMs, ...rest } = limits
  const scope = new RunScope({ limits: rest, signal, write })
  const clock =
    timeMs === undefined ? undefined : setTimeout(() => scope.cancel(timedOut(timeMs)), timeMs)
  try {
    const program = new LiveProgram(scope, await open(hostWithFields(request, scope, logger)))
    await program.run(source, file)
    return program
  } catch (error) {
    await scope.close()
    throw reasonOf(error, scope.signal)
  } finally {
    clearTimeout(clock)
  }
}

function hostWithFields(request: OpenProgramRequest, scope: RunScope, logger: Logger): HostSide {
  const { fields = {} } = request
  return { ...hostOf(request, scope, logger), field: (module, name) => fields[module]?.[name] }
}

class LiveProgram implements OpenProgram {
  readonly #scope: RunScope
  readonly #session: HostedSession

  constructor(scope: RunScope, session: HostedSession) {
    this.#scope = scope
    this.#session = session
    scope.invoke = (callback, args) => session.invoke(callback, args)
    scope.signal.addEventListener('abort', () => session.kill(), { once: true })
  }

  get alive(): boolean {
    return !this.#scope.signal.aborted
  }

  async run(source: string, file: string): Promise<void> {
    await this.#watched(this.#session.run({ source, file }))
  }

  async invoke({ id }: CallbackRef, args: readonly Value[]): Promise<Value | undefined> {
    this.#scope.check()
    this.#scope.budget.renew()
    const sent = args.map((arg, i) => encode(arg, `argument ${i + 1}`))
    return this.#watched(this.#session.invoke(id, sent))
  }

  async close(): Promise<void> {
    await this.#scope.close()
    await this.#session.close()
  }

  /** A session that has broken ends the program: no call of it would come to an end. */
  async #watched<T>(doing: Promise<T>): Promise<T> {
    try {
      return await untilEnded(this.#scope, this.#session, doing)
    } catch (error) {
      const reason = reasonOf(error, this.#scope.signal)
      if (isSpellError(reason) && LOST.has(reason.code)) this.#scope.cancel(reason)
      throw reason
    }
  }
}

/** Codes after which an engine cannot go on. */
const LOST: ReadonlySet<string> = new Set(['SESSION_KILLED', 'MEMORY_LIMIT', 'ENGINE_FAILED'])
