import type { Duplex, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { RESIDENT_CHANNEL } from '@llmspell/sdk'
import type { JailReport, ResidentEnd, ResidentProcess } from '@llmspell/sdk'
import { notStarted } from './errors.ts'
import type { Started } from './started.ts'

/** Of stderr; what came before is dropped. */
const KEPT = 8192
const LAST_WORDS_MS = 200

/** A program that stays until somebody ends it. */
export class LivingProgram implements ResidentProcess {
  readonly jail: JailReport['kind']
  readonly channel: Duplex
  readonly ended: Promise<ResidentEnd>
  /** Rejects with COMMAND_FAILED where the system could not start it. */
  readonly begun: Promise<void>
  readonly #started: Started
  readonly #drained: Promise<void>
  #stderr = Buffer.alloc(0)

  constructor(started: Started, signal: AbortSignal, subject: string) {
    const { child, jail } = started
    this.jail = jail
    this.#started = started
    this.channel = (child.stdio as readonly unknown[])[RESIDENT_CHANNEL] as Duplex
    this.channel.on('error', () => undefined)
    const kill = (): void => this.kill()
    child.stderr?.on('data', (piece: Buffer) => this.#keep(piece))
    child.stderr?.on('error', () => undefined)
    this.#drained = new Promise((resolve) => child.stderr?.once('close', resolve))
    this.begun = new Promise((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (error: NodeJS.ErrnoException) =>
        reject(notStarted(subject, `the system said ${error.code ?? 'no'}`)),
      )
    })
    this.ended = this.#end().finally(() => signal.removeEventListener('abort', kill))
    signal.addEventListener('abort', kill, { once: true })
    if (signal.aborted) kill()
  }

  hold(held: boolean): void {
    const { child } = this.#started
    const verb = held ? 'ref' : 'unref'
    child[verb]()
    const open = child.stdio.filter((stream) => stream !== null && !stream?.destroyed)
    for (const stream of open) (stream as (Readable & Ref) | undefined)?.[verb]?.()
  }

  kill(): void {
    this.#started.kill()
  }

  async #end(): Promise<ResidentEnd> {
    const { child } = this.#started
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      child.once('exit', (...end) => resolve(end))
      child.once('error', () => resolve([null, null]))
    })
    await this.#started.settle()
    await Promise.race([this.#drained, sleep(LAST_WORDS_MS)])
    for (const stream of child.stdio) stream?.destroy()
    return { code, signal, stderr: this.#stderr.toString() }
  }

  #keep(piece: Buffer): void {
    this.#stderr = Buffer.concat([this.#stderr, piece]).subarray(-KEPT)
  }
}

interface Ref {
  ref?(): void
  unref?(): void
}
