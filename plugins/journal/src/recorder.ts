import type { HookPoint, JournalRecord, StepPath } from '@llmspell/sdk'
import type { Ask } from './ask.ts'
import type { AppendOptions, RecordBody, RunLog } from './log.ts'
import type { Rounds } from './rounds.ts'
import type { Scheduler } from './scheduler.ts'

export interface RecorderOptions {
  readonly log: RunLog
  readonly scheduler: Scheduler
  readonly point: HookPoint<'run.record'> | undefined
  readonly recorded: (record: JournalRecord) => void
  readonly failed: (error: unknown) => void
}

/** Writes what happens in a live run, and hands over what has settled. */
export class Recorder {
  readonly #options: RecorderOptions
  /** Loops that forget their old rounds. */
  readonly loops = new Set<Rounds>()
  /** The end is written: nothing comes behind it. */
  #sealed = false

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  point(point: string, path: StepPath, kind: string): void {
    const { point: hook, log } = this.#options
    if (hook?.used) hook.call({ run_id: log.row.runId, point, n: log.next, path, kind })
  }

  /** A record that settles nothing. */
  note(body: RecordBody, synced: boolean): Promise<void> {
    return new Promise((resolve) => {
      if (this.#options.scheduler.closed || this.#sealed) return
      const kind = body.kind === 'intent' ? 'intent' : 'record'
      this.point(`before-${kind}`, body.path, body.kind)
      this.#append(body, { synced }, () => {
        this.point(`after-${kind}`, body.path, body.kind)
        resolve()
      })
      if (this.#options.log.stored.durability === 'none') resolve()
    })
  }

  /** A record that settles an ask: delivered in its turn, and not before it is on disk where that matters. */
  settle(
    ask: Ask | undefined,
    body: RecordBody,
    options: AppendOptions,
    deliver: (record: JournalRecord) => void,
  ): void {
    const { scheduler, log } = this.#options
    if (scheduler.closed || this.#sealed) return
    this.#sealed = body.kind === 'end'
    this.point('before-record', body.path, body.kind)
    const delivery = {
      ready: !options.synced || log.stored.durability === 'none',
      at: 0,
      deliver: () => {},
    }
    const record = this.#append(body, options, () => {
      this.point('after-record', body.path, body.kind)
      if (delivery.ready) return
      delivery.ready = true
      scheduler.wake()
    })
    delivery.at = record.at
    delivery.deliver = () => deliver(record)
    scheduler.push(ask, delivery)
  }

  #append(body: RecordBody, options: AppendOptions, durable: () => void): JournalRecord {
    const { log, recorded, failed } = this.#options
    const onDurable = (error?: unknown): void => (error === undefined ? durable() : failed(error))
    const { record, bytes, hash } = log.append(body, { ...options, onDurable })
    for (const loop of this.loops) loop.takes(record, bytes, hash)
    recorded(record)
    return record
  }
}
