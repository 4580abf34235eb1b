/** What the language itself has of a described module; the rest comes beside it. */
export const DESCRIBED: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['JSON', new Set(['parse', 'stringify'])],
])

type Signatures = Readonly<Record<string, string>>

/** Signatures that keep the type of what a function gives: no description can say them. */
export const TS_ASYNC: Signatures = {
  'Async.all': '<const W extends Async.Work>(work: W): Promise<Async.Results<W>>',
  'Async.settle':
    '<const W extends Async.Work>(work: W): Promise<{ -readonly [K in keyof W]: Async.Outcome<W[K]> }>',
  'Async.race': '<const W extends readonly Async.Job[]>(work: W): Promise<Async.Given<W[number]>>',
  'Async.map':
    '<T, R>(list: readonly T[], fn: (item: T, index: number) => R | Promise<R>, options?: Async.MapOptions): Promise<R[]>',
  'Async.spawn':
    '<A extends Data[], T>(fn: (...args: A) => T | Promise<T>, ...args: A): Async.Task & PromiseLike<T>',
  'Async.timeout': '<T>(duration: number | string, fn: () => T | Promise<T>): Promise<T>',
}

/** What every script finds, whatever is installed. */
export const TS_LANGUAGE = `/// <reference lib="es2023" />

/** Plain data of any form: text, numbers, true and false, null, bytes, arrays and objects of these. */
type Data = any

/** Prints values with a tab between them and ends the line. */
declare function print(...values: unknown[]): void
/** Prints values with nothing between or behind them. */
declare function write(...values: unknown[]): void

/** The words behind the script: \`--key value\` is \`ARGS.key\`, the others are \`ARGS[1]\` and so on. */
declare const ARGS: {
  readonly [key: string]: string | undefined
  readonly [position: number]: string | undefined
} & { readonly positional: string[] }
/** The script, and its words without those of \`--key value\`. */
declare const arg: readonly string[]

/** What a failed call throws. Test \`code\`, never the message. */
declare class SpellError extends Error {
  constructor(init: SpellError.Init | string)
  readonly code: string
  /** One thing to do. */
  readonly hint?: string
  readonly details?: Data
  readonly where?: { file: string; line: number; column?: number }
  readonly cause?: SpellError
}
declare namespace SpellError {
  interface Init {
    code?: string
    message?: string
    hint?: string
    details?: Data
    cause?: unknown
  }
}

/** Pieces of an answer as they come. Leaving a loop over it stops the producer. */
interface Stream<Chunk, Result = Data> {
  [Symbol.asyncIterator](): AsyncIterator<Chunk, undefined, undefined>
  next(): Promise<IteratorResult<Chunk, undefined>>
  /** Reads the rest and gives the final result. */
  result(): Promise<Result>
  /** Reads the rest and gives all text. */
  text(): Promise<string>
  /** Calls the function with each chunk until it gives false. */
  each(fn: (chunk: Chunk) => unknown): Promise<void>
  /** Stops the producer. */
  cancel(): Promise<void>
}
/** A stream that can be used before it is awaited. */
type Streaming<Chunk, Result = Data> = Promise<Stream<Chunk, Result>> & Stream<Chunk, Result>

/** Another module: a file below the folder of the script. */
declare function require(name: string): Data
declare const console: {
  /** The same as print. */
  log(...values: unknown[]): void
  trace(...values: unknown[]): void
  debug(...values: unknown[]): void
  info(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
}
declare function setTimeout<A extends unknown[]>(fn: (...args: A) => unknown, ms?: number, ...args: A): number
declare function clearTimeout(id: number | undefined): void
declare function queueMicrotask(fn: () => unknown): void
declare function structuredClone<T>(value: T): T

declare class URLSearchParams {
  constructor(init?: string | Record<string, string> | Iterable<[string, string]>)
  append(name: string, value: string): void
  delete(name: string): void
  get(name: string): string | null
  getAll(name: string): string[]
  has(name: string): boolean
  set(name: string, value: string): void
  toString(): string
  [Symbol.iterator](): IterableIterator<[string, string]>
}
declare class URL {
  constructor(url: string, base?: string | URL)
  readonly href: string
  readonly origin: string
  readonly protocol: string
  readonly host: string
  readonly hostname: string
  readonly port: string
  readonly pathname: string
  readonly search: string
  readonly hash: string
  readonly searchParams: URLSearchParams
  toString(): string
}
declare class TextEncoder {
  encode(text?: string): Uint8Array
}
declare class TextDecoder {
  decode(bytes?: Uint8Array): string
}
declare class AbortSignal {
  readonly aborted: boolean
  readonly reason: Data
  addEventListener(type: 'abort', fn: () => unknown): void
  removeEventListener(type: 'abort', fn: () => unknown): void
  throwIfAborted(): void
}
declare class AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}

declare namespace Async {
  /** A function, or what is under way already. */
  type Job<T = Data> = (() => T | PromiseLike<T>) | PromiseLike<T>
  type Work = readonly Job[] | Readonly<Record<string, Job>>
  type Given<J> = J extends () => infer R ? Awaited<R> : Awaited<J>
  type Results<W> = { -readonly [K in keyof W]: Given<W[K]> }
  type Outcome<J> = { ok: true; value: Given<J>; error?: undefined } | { ok: false; error: Data; value?: undefined }
}
`
