import { constants } from 'node:fs'
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Store } from './store.ts'
import type { MetricsSnapshot, MetricsTotals } from './types.ts'

const FILE = /^metrics-(\d{4}-\d{2}-\d{2})\.jsonl$/
const { O_WRONLY, O_APPEND, O_CREAT } = constants
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0
const DAY = 86_400_000

/** One line for each time that something was written: several processes add to the same file. */
export class Files {
  readonly #folder: string
  readonly #keepDays: number
  #cleaned = false

  constructor(folder: string, keepDays: number) {
    this.#folder = folder
    this.#keepDays = keepDays
  }

  async append(snapshot: MetricsSnapshot): Promise<void> {
    const day = new Date().toISOString().slice(0, 10)
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW
    const file = await open(join(this.#folder, `metrics-${day}.jsonl`), flags, 0o600)
    try {
      // The line end before it keeps the line whole behind one that a kill has torn.
      await file.write(`\n${JSON.stringify(snapshot)}\n`)
    } finally {
      await file.close()
    }
    await this.#clean()
  }

  async totals(since = 0): Promise<MetricsTotals> {
    const from = new Date(since).toISOString().slice(0, 10)
    const store = new Store()
    let unreadable = 0
    for (const name of await this.#names()) {
      if (FILE.exec(name)![1]! < from) continue
      for (const text of await this.#lines(name)) {
        const found = parsed(text)
        if (found) store.add(found)
        else unreadable++
      }
    }
    return { ...store.snapshot(), unreadable }
  }

  async #names(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => [])
    return names.filter((name) => FILE.test(name)).sort()
  }

  async #lines(name: string): Promise<string[]> {
    const text = await readFile(join(this.#folder, name), 'utf8')
    return text.split('\n').filter(Boolean)
  }

  async #clean(): Promise<void> {
    if (this.#cleaned) return
    this.#cleaned = true
    const oldest = new Date(Date.now() - this.#keepDays * DAY).toISOString().slice(0, 10)
    const old = (await this.#names()).filter((name) => FILE.exec(name)![1]! < oldest)
    for (const name of old) await rm(join(this.#folder, name), { force: true })
  }
}

function parsed(text: string): MetricsSnapshot | undefined {
  try {
    const { counters, histograms } = JSON.parse(text) as MetricsSnapshot
    const ok = counters.every(isRow) && histograms.every((row) => isRow(row) && isMeasured(row))
    return ok ? { counters, histograms } : undefined
  } catch {
    return undefined
  }
}

function isRow({ name, labels }: { readonly name: unknown; readonly labels: unknown }): boolean {
  const texts = Object.values(labels as object)
  return /^[a-z_]+$/.test(name as string) && texts.every((text) => typeof text === 'string')
}

function isMeasured({ buckets, count, sum }: MetricsSnapshot['histograms'][number]): boolean {
  return Array.isArray(buckets) && [...buckets, count, sum].every((n) => Number.isFinite(n))
}
