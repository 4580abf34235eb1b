import type { Readable, Writable } from 'node:stream'
import type { ErrorRecord } from '../errors.ts'
import type { RunOptions } from './run.ts'

/** Where the words of a session go. */
export interface ReplFace {
  /** What entries print, and what they give. */
  write(text: string): void
  /** What the session says about itself. */
  say(text: string): void
  /** An error for its reader; `text` is the entry that it points into. */
  failure(error: ErrorRecord, text: string): string
  /** Takes a drawing, escape sequences and all; missing: it is written. */
  draw?(drawing: string): void
  /** Called before the session waits for a line: what is drawn has to go. */
  rest?(): void
}

/** Reads one line of the one who sits there; undefined where there is none any more. */
export type ReadLine = (signal: AbortSignal) => Promise<string | undefined>

export interface ReplOptions extends Omit<RunOptions, 'write' | 'compute' | 'ask' | 'answer'> {
  readonly input: Readable
  readonly face: ReplFace
  /** The terminal that is drawn on. Missing: lines are read as they come, without prompts, completion or history. */
  readonly terminal?: Writable & { readonly columns?: number; readonly rows?: number }
  /** Colours on the terminal; default true. */
  readonly colour?: boolean
  /** Name of an engine, or of a language; default `lua`. */
  readonly engine?: string
  /** What people call the session of `sessions` that entries work in. */
  readonly session?: string
  /** Asked before each entry: why the session takes none any more. */
  readonly over?: () => Promise<ErrorRecord | undefined>
  /** File of the history; missing: it ends with the session. */
  readonly history?: string
  /** One JSON document for each entry, instead of texts. */
  readonly json?: boolean
  /** Goes on behind an entry that failed, where there is no terminal. */
  readonly keepGoing?: boolean
  /** Variables that say what the terminal can show. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Who answers questions of permissions and of entries, with the lines of the terminal. */
  readonly asking?: (read: ReadLine) => Pick<RunOptions, 'ask' | 'answer'>
}

export interface ReplEnd {
  /** Of the first entry that failed, where there was no terminal. */
  readonly failure?: ErrorRecord
  readonly entries: number
}

/** Service `repl`. */
export interface Repl {
  /** A session from its first line to its end. @throws ENGINE_UNKNOWN, ENGINE_FAILED */
  open(options: ReplOptions): Promise<ReplEnd>
}

declare module '../services.ts' {
  interface Services {
    repl: Repl
  }
}
