import { constants } from 'node:fs'
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Spent } from './types.ts'

const FILE = /^costs-(\d{4}-\d{2}-\d{2})\.jsonl$/
const { O_WRONLY, O_APPEND, O_CREAT } = constants
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0
const DAY = 86_400_000
const TEXTS = ['run', 'agent', 'model', 'day'] as const
const AMOUNTS = ['calls', 'input_tokens', 'output_tokens', 'cost', 'unpriced'] as const

/** The day of UTC. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** A file for each day, to which several processes add lines. */
export class Files {
  readonly #folder: string
  readonly #keepDays: number
  #cleaned = false

  constructor(folder: string, keepDays: number) {
    this.#folder = folder
    this.#keepDays = keepDays
  }

  async append(rows: readonly Spent[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    for (const [day, ofDay] of Object.entries(Object.groupBy(rows, (row) => row.day))) {
      await this.#add(day, ofDay!)
    }
    if (!this.#cleaned) await this.#clean()
  }

  /** Lines that nobody can read any more are passed over. */
  async rows(since = 0): Promise<readonly Spent[]> {
    const from = dayOf(since)
    const names = (await this.#names()).filter((name) => FILE.exec(name)![1]! >= from)
    const texts = await Promise.all(names.map((name) => readFile(join(this.#folder, name), 'utf8')))
    return texts.flatMap((text) => text.split('\n').flatMap((line) => parsed(line) ?? []))
  }

  async #add(day: string, rows: readonly Spent[]): Promise<void> {
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW
    const file = await open(join(this.#folder, `costs-${day}.jsonl`), flags, 0o600)
    try {
      // The line end before them keeps them whole behind one that a kill has torn.
      await file.write(`\n${rows.map((row) => `${JSON.stringify(row)}\n`).join('')}`)
    } finally {
      await file.close()
    }
  }

  async #names(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => [])
    return names.filter((name) => FILE.test(name)).sort()
  }

  async #clean(): Promise<void> {
    this.#cleaned = true
    const oldest = dayOf(Date.now() - this.#keepDays * DAY)
    const old = (await this.#names()).filter((name) => FILE.exec(name)![1]! < oldest)
    for (const name of old) await rm(join(this.#folder, name), { force: true })
  }
}

function parsed(line: string): Spent | undefined {
  try {
    const row = JSON.parse(line) as Spent
    const whole =
      TEXTS.every((key) => typeof row[key] === 'string') &&
      AMOUNTS.every((key) => Number.isFinite(row[key]))
    return whole ? row : undefined
  } catch {
    return undefined
  }
}
