import { setTimeout as sleep } from 'node:timers/promises'
import type { Jail, Logger, Resident, ResidentProcess, ToolCall, ToolOutput } from '@llmspell/sdk'
import type { StartArgs } from './child/protocol.ts'
import type { Codes } from './codes.ts'
import { callEnded, crashed, endedBy, setupTooSlow, unresponsive } from './errors.ts'
import type { IsolationConfig } from './generated/config.ts'
import { failureOf } from './line/failure.ts'
import { BrokenFrame } from './line/frame.ts'
import { Line } from './line/line.ts'
import { Lines } from './logs.ts'
import { outputOf } from './output.ts'
import { OpenCall } from './ports/open-call.ts'
import { answer } from './ports/answer.ts'
import { told } from './ports/call.ts'
import type { Ports } from './ports/ports.ts'

/** A process that has closed its channel may live so long. */
const CLOSED_MS = 500

/** What one process of a plugin is made of. */
export interface ChildParts {
  readonly plugin: string
  readonly jail: Jail
  readonly resident: Resident
  readonly start: StartArgs
  readonly ports: Ports
  readonly codes: Codes
  readonly limits: Required<IsolationConfig>
  readonly logger: Logger
  /** Told once, when it ended without being asked to. */
  readonly onCrash: (error: Error) => void
}

/** One process with one plugin in it. */
export class PluginProcess {
  readonly #parts: ChildParts
  readonly #process: ResidentProcess
  readonly #line: Line
  readonly #lines: Lines
  readonly #open = new Map<number, OpenCall>()
  readonly #cancelled = new Set<Promise<void>>()
  #next = 0
  #fault: Error | undefined
  #asked = false
  ended = false

  private constructor(parts: ChildParts, child: ResidentProcess) {
    this.#parts = parts
    this.#process = child
    this.#lines = new Lines(parts.logger)
    this.#line = new Line(
      child.channel,
      {
        ask: (verb, args) => this.#answer(verb, args),
        tell: (verb, args) => this.#tell(verb, args),
        broken: (reason) => this.#broken(reason),
      },
      true,
    )
    void child.ended.then((end) => {
      this.#fault ??= endedBy(parts.plugin, end, parts.limits.memory_mib)
      this.#finish()
    })
  }

  /** Starts it and has it set the plugin up. @throws JAIL_MISSING, TIMEOUT, PLUGIN_CRASHED, what setup throws */
  static async start(parts: ChildParts): Promise<PluginProcess> {
    const child = new PluginProcess(parts, await parts.jail.start(parts.resident))
    try {
      await child.#within(parts.limits.setup_ms, child.#line.ask('start', parts.start))
    } catch (error) {
      const reason = (await child.#reason(error)) as Error
      if (!child.ended) parts.onCrash(reason)
      await child.end()
      throw reason
    }
    child.#hold()
    return child
  }

  /** Until no call that was cancelled is still at it: then it answers again, or has ended. */
  async quiet(): Promise<void> {
    while (!this.ended && this.#cancelled.size > 0) await Promise.race(this.#cancelled)
  }

  /** One call of one tool. @throws what the tool throws; TIMEOUT, MEMORY_LIMIT, PLUGIN_CRASHED */
  async call(tool: string, input: unknown, call: ToolCall): Promise<ToolOutput> {
    const id = this.#next++
    const layer = { holder: `plugin ${this.#parts.plugin}`, allow: this.#parts.start.permissions }
    const open = new OpenCall(call, layer)
    this.#open.set(id, open)
    this.#hold()
    const done = new AbortController()
    const cancel = (): void => {
      open.give(call.signal.reason)
      this.#cancel(id, tool, call, done.signal)
    }
    call.signal.addEventListener('abort', cancel, { once: true })
    try {
      if (call.signal.aborted) open.give(call.signal.reason)
      call.signal.throwIfAborted()
      return outputOf(await this.#line.ask('call', id, tool, input, factsOf(call)))
    } catch (error) {
      throw await this.#reason(error, open)
    } finally {
      done.abort()
      call.signal.removeEventListener('abort', cancel)
      this.#open.delete(id)
      this.#hold()
      await open.end()
    }
  }

  /** Ends it, whatever it is doing. */
  async end(): Promise<void> {
    this.#asked = true
    this.#kill(crashed(this.#parts.plugin, 'the plugin was disposed'))
    await this.#process.ended
  }

  #cancel(id: number, tool: string, { signal }: ToolCall, done: AbortSignal): void {
    this.#line.tell('cancel', id, failureOf(signal.reason))
    const settled = this.#endIfLate(tool, done).finally(() => this.#cancelled.delete(settled))
    this.#cancelled.add(settled)
  }

  async #endIfLate(tool: string, done: AbortSignal): Promise<void> {
    try {
      await sleep(this.#parts.limits.grace_ms, undefined, { signal: done })
    } catch {
      return
    }
    this.#kill(unresponsive(this.#parts.plugin, tool))
    await this.#process.ended
  }

  async #within<T>(ms: number, work: Promise<T>): Promise<T> {
    const late = new AbortController()
    const clock = sleep(ms, undefined, { signal: late.signal }).then(
      () => this.#kill(setupTooSlow(this.#parts.plugin, ms)),
      () => undefined,
    )
    try {
      return await work
    } finally {
      late.abort()
      await clock
    }
  }

  async #answer(verb: string, [id, ...args]: readonly unknown[]): Promise<unknown> {
    const open = this.#open.get(id as number)
    if (!open) throw callEnded()
    try {
      open.admit()
      return await answer(verb, open, this.#parts.ports, args, (stream) => this.#pull(stream))
    } catch (error) {
      open.give(error)
      throw error
    }
  }

  /** What it throws passes through our services, and must not come out of them as their own. */
  async #pull(stream: unknown): Promise<unknown> {
    try {
      return await this.#line.ask('pull', stream)
    } catch (error) {
      throw this.#parts.codes.sifted(error)
    }
  }

  #tell(verb: string, args: readonly unknown[]): void {
    if (verb === 'log') return this.#lines.take(args)
    const [id, ...rest] = args
    const open = this.#open.get(id as number)
    if (open) told(open, verb, rest)
  }

  #broken(reason: string | undefined): void {
    if (reason !== undefined) return this.#kill(crashed(this.#parts.plugin, reason))
    // A process that has ended has closed it too: how it ended is the better reason.
    setTimeout(() => this.#kill(undefined), CLOSED_MS).unref()
  }

  #kill(fault: Error | undefined): void {
    this.#fault ??= fault
    this.#process.kill()
  }

  /** Why a question was not answered: what ended the process, where it has ended. */
  async #reason(error: unknown, open?: OpenCall): Promise<unknown> {
    if (!(error instanceof BrokenFrame)) return this.#parts.codes.sifted(error, open)
    await this.#process.ended
    return this.#fault ?? error
  }

  #finish(): void {
    if (this.ended) return
    this.ended = true
    this.#line.close()
    if (!this.#asked && this.#fault) this.#parts.onCrash(this.#fault)
  }

  /** With nothing to do it keeps nobody alive. */
  #hold(): void {
    this.#process.hold(this.#open.size > 0)
  }
}

/** What a call is for the other side: plain data. */
function factsOf(call: ToolCall): Readonly<Record<string, unknown>> {
  const { subject, tool, caller, streamed, idempotencyKey, durable, run } = call
  const facts = { subject, tool, caller, streamed, idempotencyKey, durable }
  return run ? { ...facts, run: { runId: run.runId, seq: run.seq, actors: run.actors } } : facts
}
