import type { Readable } from 'node:stream'
import type { Command, CommandEnd } from '@llmspell/sdk'
import { notStarted } from './errors.ts'
import { limitsOf } from './limits.ts'
import { Output } from './output.ts'
import type { Started } from './started.ts'
import { exceeds } from './tree.ts'

/** Between asking a program to end and ending it. */
const GRACE_MS = 500
const COUNT_EVERY_MS = 50
/** No limit of the system holds for root: what counts here is all there is. */
const COUNT_EVERY_MS_OF_ROOT = 5

type Ended = CommandEnd['ended']

/** Follows a program to its end and keeps its limits. @throws COMMAND_FAILED; what `onOutput` throws */
export async function follow(started: Started, command: Command): Promise<CommandEnd> {
  const { child, jail } = started
  const began = performance.now()
  const { outputBytes: cap } = limitsOf(command)
  const ending = new Ending(started)
  let failure: { readonly error: unknown } | undefined
  const fail = (error: unknown): void => {
    failure ??= { error }
    ending.end('cancelled', true)
  }
  const streams = { stdout: child.stdout!, stderr: child.stderr! }
  const overflow = (): void => ending.end('output', true)
  const output = new Output(streams, { cap, onOutput: command.onOutput, overflow, fail })
  const release = watch(ending, started, command)
  try {
    feed(started, command, fail)
    const [code, signal] = await exit(started, command)
    release()
    await started.settle()
    await output.finish()
    if (failure) throw failure.error
    const durationMs = performance.now() - began
    const both = { stdout: output.of('stdout'), stderr: output.of('stderr') }
    started.check(both.stderr)
    return { code, signal, ended: ending.reason, ...both, durationMs, jail }
  } finally {
    release()
    output.stop()
  }
}

/** Ends a program for the first reason there is. */
class Ending {
  readonly #started: Started
  #grace: NodeJS.Timeout | undefined
  reason: Ended = 'exit'

  constructor(started: Started) {
    this.#started = started
  }

  end(reason: Ended, atOnce: boolean): void {
    if (this.reason === 'exit') this.reason = reason
    else if (!atOnce) return
    if (atOnce) return this.#started.kill()
    this.#started.ask()
    this.#grace = setTimeout(() => this.#started.kill(), GRACE_MS)
  }

  release(): void {
    clearTimeout(this.#grace)
  }
}

function watch(ending: Ending, { child }: Started, command: Command): () => void {
  const { timeMs, processes } = limitsOf(command)
  const { signal } = command
  const countEvery = process.getuid?.() === 0 ? COUNT_EVERY_MS_OF_ROOT : COUNT_EVERY_MS
  const cancel = (): void => ending.end('cancelled', false)
  const timer = setTimeout(() => ending.end('timeout', false), timeMs)
  const count = setInterval(() => {
    if (child.pid !== undefined && exceeds(child.pid, processes)) ending.end('processes', true)
  }, countEvery)
  signal?.addEventListener('abort', cancel, { once: true })
  if (signal?.aborted) cancel()
  return () => {
    clearTimeout(timer)
    clearInterval(count)
    signal?.removeEventListener('abort', cancel)
    ending.release()
  }
}

/** Not when its pipes close: somebody else may hold them. */
function exit({ child }: Started, command: Command): Promise<[number | null, string | null]> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve([code, signal]))
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(notStarted(command.subject, `the system said ${error.code ?? 'no'}`)),
    )
  })
}

/** A program need not read what it is given. */
function feed({ child }: Started, { input }: Command, fail: (error: unknown) => void): void {
  const stdin = child.stdin
  if (!stdin || input === undefined) return
  stdin.on('error', () => undefined)
  if (input instanceof Uint8Array) stdin.end(input)
  else pour(input, stdin).catch(fail)
}

async function pour(input: AsyncIterable<Uint8Array>, to: NodeJS.WritableStream): Promise<void> {
  const { Readable: Source } = process.getBuiltinModule('node:stream')
  const source: Readable = Source.from(input)
  await new Promise<void>((resolve, reject) => {
    source.once('error', reject)
    to.once('close', () => {
      source.destroy()
      resolve()
    })
    source.pipe(to)
  })
}
