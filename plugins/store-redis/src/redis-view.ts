import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RowView } from '@llmspell/sdk/store'
import { busy } from './errors.ts'
import type { Link } from './link.ts'
import { END, RENEW, TAKE } from './scripts.ts'

/** A process that ends without a word leaves its views for so long; what stops for longer loses them. */
const LEASE_MS = 60_000
const AGAIN_MS = 25

/** One moment of the rows. From then on each commit keeps what it overwrites, as long as the view is open. */
export class RedisView implements RowView {
  readonly id: Buffer
  readonly #link: Link
  readonly #timer: NodeJS.Timeout

  private constructor(link: Link, id: Buffer) {
    this.#link = link
    this.id = id
    this.#timer = setInterval(() => this.#renew(), LEASE_MS / 4).unref()
  }

  static async begin(link: Link): Promise<RedisView> {
    const { timeout_ms: ms, views } = link.config
    for (const until = Date.now() + ms; ;) {
      const id = (await link.run(TAKE, randomUUID(), LEASE_MS, views)) as Buffer | null
      if (id) return new RedisView(link, id)
      if (Date.now() > until) throw busy(link.shown, `fewer than ${views} open 'views'`)
      await sleep(AGAIN_MS)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    // One that is not ended ends with its lease.
    await this.#link.once(END, this.id).catch(() => undefined)
  }

  #renew(): void {
    this.#link.once(RENEW, this.id, LEASE_MS).catch(() => undefined)
  }
}
