import type { ErrorRecord, Where } from '../errors.ts'
import type { Value } from '../values.ts'
import type { ScriptModule } from './script-module.ts'

/** Item of the point `engines`. */
export interface EngineItem {
  readonly name: string
  /** `lua`, `javascript`. */
  readonly language: string
  readonly version: string
  /** With the dot: `.lua`. */
  readonly extensions: readonly string[]
  /** False where the engine cannot keep its limits in the host's own thread. */
  readonly inline: boolean
  /** File of the package that exports `engine`, for a thread without a kernel. Default `./dist/index.js`. */
  readonly entry?: string
}

/**
 * One script language. Value of the point `engines`; the plugin's main file also exports it as `engine`, so that a
 * worker thread can load it without a kernel. An engine knows no tool, agent or model.
 */
export interface ScriptEngine {
  readonly name: string
  readonly language: string
  /** One session is one isolated state. @throws ENGINE_FAILED */
  open(options: SessionOptions): Promise<ScriptSession>
}

/** Facts of the run that the language's own clock, randomness and arguments come from. */
export interface SessionFacts {
  readonly runId: string
  /** Script file as given. */
  readonly script: string
  readonly args: readonly string[]
  /** Any text; equal seeds give equal `math.random` sequences. */
  readonly seed: string
  /** ms since the epoch at which the run's clock starts. */
  readonly startedAt: number
  /** The clock of a durable run, which moves with its journal; without it the machine's is used. */
  readonly clock?: { readonly now: number }
}

export interface SessionLimits {
  /** Hard cap of the engine's memory. */
  readonly memoryBytes: number
}

/** One request through the door. Plain data. */
export interface HostCall {
  readonly module: string
  readonly function: string
  /** Id of the handle for methods; `function` is then `Handle.method`. */
  readonly handle?: string
  readonly args: readonly (Value | undefined)[]
}

export type HostReply =
  | { readonly ok: true; readonly value: Value | undefined }
  | { readonly ok: false; readonly error: ErrorRecord }

/** A function that runs in the engine's own thread, at once. Throws SpellErrors. */
export type LocalFunction = (
  args: readonly (Value | undefined)[],
  facts: SessionFacts,
) => Value | undefined

/** What the host lends to a session. */
export interface SessionOptions {
  readonly facts: SessionFacts
  readonly limits: SessionLimits
  /** Names of the globals. Their descriptions are asked for when a script first touches them. */
  readonly modules: readonly string[]
  describe(module: string): ScriptModule
  /** By `Module.function`, for functions of kind `local` that are no builders. */
  readonly locals: Readonly<Record<string, LocalFunction>>
  /** Values of `fields` of a module, such as `Run.id`. */
  field(module: string, name: string): Value | undefined
  /** Answers at once where it can, else later. Never throws, never rejects. */
  call(call: HostCall): HostReply | Promise<HostReply>
  /**
   * The same, but waits in place, for the places where a language cannot suspend.
   * @returns a WOULD_BLOCK failure where the transport cannot wait
   */
  callInPlace(call: HostCall): HostReply
  notify(call: HostCall): void
  /** Output of `print`; may block until the host has taken it. @throws OUTPUT_LIMIT */
  write(text: string): void
  /** What a handle or a stream is, for people; missing where nobody sits before the session. */
  label?(id: string): string | undefined
  /** Takes an error of entries that nothing of the script takes. */
  uncaught?(error: ErrorRecord): void
  /**
   * Every entry into guest code runs inside `enter`, so that the transport can end it.
   * @throws what `fn` throws; SESSION_KILLED when it was ended: the session is then lost
   */
  enter<T>(fn: () => T): T
}

export interface Chunk {
  readonly source: string
  /** Name for messages. */
  readonly file: string
}

export type Evaluation =
  | {
      readonly status: 'value'
      readonly values: readonly (Value | undefined)[]
      readonly text: string
    }
  | { readonly status: 'incomplete' }
  | { readonly status: 'error'; readonly error: ErrorRecord }

export interface ScriptSession {
  /** The script's value. Resolves when the main chunk and all its tasks have ended. @throws SpellError with `where` */
  run(chunk: Chunk): Promise<Value | undefined>
  /**
   * One entry of a REPL; definitions stay. Never throws for what the script does.
   * @param where it begins, for messages; default: line 1 of `repl`
   */
  evaluate(line: string, where?: Where): Promise<Evaluation>
  /** Candidates for the word that ends the text. */
  complete(text: string): readonly string[]
  /** Calls a function of the script by reference. May be used while `run` waits and after it. @throws SpellError */
  invoke(callback: number, args: readonly (Value | undefined)[]): Promise<Value | undefined>
  /** Frees a reference. */
  release(callback: number): void
  /** Bytes the guest holds. */
  memory(): number
  close(): Promise<void>
}

declare module '../extensions.ts' {
  interface Extensions {
    engines: ScriptEngine
  }
}
