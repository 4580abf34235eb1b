import { appendFileSync } from 'node:fs'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface Places {
  /** Of the world, with the name of this run's own. */
  readonly world: string
  /** A file that lines are appended to. */
  readonly file: string
}

/** What touches the world outside. */
export interface Hands {
  /** Does a thing; with a key, the world does it once. @returns the receipt */
  ask(name: string, key?: string): Promise<string>
  note(line: string): string
}

/** Through the network and the disk. By `node:http`, which starts sooner than `fetch`. */
export class WorldHands implements Hands {
  readonly #places: Places
  readonly #asking = new Set<Promise<string>>()

  constructor(places: Places) {
    this.#places = places
  }

  ask(name: string, key?: string): Promise<string> {
    const asking = this.#ask(name, key).finally(() => this.#asking.delete(asking))
    this.#asking.add(asking)
    return asking
  }

  /** Resolves when nothing is on its way to the world. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#asking)
  }

  async #ask(name: string, key: string | undefined): Promise<string> {
    const headers = key === undefined ? {} : { 'idempotency-key': key }
    const url = `${this.#places.world}/${encodeURIComponent(name)}`
    const answer = await new Promise<string>((resolve, reject) => {
      const asking = request(url, { method: 'POST', headers }, (response) =>
        resolve(text(response)),
      )
      asking.on('error', reject).end()
    })
    return (JSON.parse(answer) as { readonly receipt: string }).receipt
  }

  note(line: string): string {
    appendFileSync(this.#places.file, `${line}\n`)
    return line
  }
}
