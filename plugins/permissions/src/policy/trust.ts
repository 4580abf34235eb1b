import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { TRUST } from '../protect.ts'

type Trusted = Readonly<Record<string, string>>

/** Which files a person has trusted, by path and content: a file that changes is trusted no more. */
export class Trust {
  readonly #file: string | undefined

  /** @param state folder of the user's own; without it nothing is trusted */
  constructor(state: string | undefined) {
    this.#file = state === undefined ? undefined : join(state, TRUST)
  }

  get possible(): boolean {
    return this.#file !== undefined
  }

  async holds(path: string, text: string): Promise<boolean> {
    const trusted = await this.#read()
    return Object.hasOwn(trusted, path) && trusted[path] === hashOf(text)
  }

  /** Puts the whole new file in the place of the old one. */
  async add(path: string, text: string): Promise<void> {
    const trusted = { ...(await this.#read()), [path]: hashOf(text) }
    const file = this.#file!
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const made = `${file}.${process.pid}.${Date.now()}`
    try {
      const flag = 'wx'
      await writeFile(made, `${JSON.stringify(trusted, undefined, 2)}\n`, { mode: 0o600, flag })
      await rename(made, file)
    } finally {
      await rm(made, { force: true })
    }
  }

  /** What cannot be read trusts nothing. */
  async #read(): Promise<Trusted> {
    if (this.#file === undefined) return {}
    try {
      const found: unknown = JSON.parse(await readFile(this.#file, 'utf8'))
      return typeof found === 'object' && found !== null ? (found as Trusted) : {}
    } catch {
      return {}
    }
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
