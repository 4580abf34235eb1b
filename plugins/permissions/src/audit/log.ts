import { constants } from 'node:fs'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { SpellError, type AuditLine } from '@llmspell/sdk'
import { auditFiles, fileOf } from './folder.ts'
import { NOTHING_BEFORE, sha256, textOf } from './line.ts'

/** How long a line may wait that nobody waits for, in ms. */
const FLUSH_MS = 100
/** A flood of decisions waits for the disk. */
const MOST_WAITING = 10_000
const TAIL_BYTES = 64 * 1024
const { O_RDWR, O_APPEND, O_CREAT } = constants
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0

/** A line before it has its place. */
export type Entry = Omit<AuditLine, 'chain' | 'n' | 'prev'>

interface Waiting {
  readonly entry: Entry
  readonly synced: boolean
}

/** The audit file of one process: whole lines, each naming the one before it. */
export class AuditLog {
  readonly #folder: string
  readonly #chain: string
  #prev: string | undefined
  #n = 0
  #file: { readonly name: string; readonly handle: FileHandle } | undefined
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #failed = false

  /** @param chain names this process in the file */
  constructor(folder: string, chain: string) {
    this.#folder = folder
    this.#chain = chain
  }

  /**
   * Adds a line. Resolves when it is on disk where `synced`, else at once.
   * @throws AUDIT_UNWRITABLE, also where lines before it could not be kept
   */
  async add(entry: Entry, synced: boolean): Promise<void> {
    if (this.#waiting.length >= MOST_WAITING) await this.flush()
    this.#waiting.push({ entry, synced })
    // The first line is written at once: that nothing can be kept shows before anything is allowed.
    if (synced || this.#failed || this.#n === 0) return this.flush()
    this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), FLUSH_MS)
  }

  /** Writes what waits. @throws AUDIT_UNWRITABLE */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // Whoever comes while a write is under way shares the next one.
    while (this.#writing || this.#waiting.length > 0) {
      this.#writing ??= this.#write().finally(() => (this.#writing = undefined))
      await this.#writing
    }
  }

  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      await this.#release()
    }
  }

  /** What could not be written waits on, in its place. */
  async #write(): Promise<void> {
    const batch = this.#waiting
    const [n, prev] = [this.#n, this.#prev]
    this.#waiting = []
    try {
      const handle = await this.#open(fileOf(new Date(batch[0]!.entry.at)))
      await this.#append(handle, batch)
      this.#failed = false
    } catch (error) {
      this.#waiting = [...batch, ...this.#waiting]
      this.#n = n
      this.#prev = prev
      this.#failed = true
      await this.#release()
      throw unwritable(error)
    }
  }

  async #append(handle: FileHandle, batch: readonly Waiting[]): Promise<void> {
    const bytes = Buffer.from(batch.map(({ entry }) => `${this.#linked(entry)}\n`).join(''))
    const { bytesWritten } = await handle.write(bytes)
    if (bytesWritten < bytes.length) throw new Error('the disk took only a part of it')
    if (batch.some(({ synced }) => synced)) await handle.datasync()
  }

  async #release(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.handle.close()
  }

  #linked(entry: Entry): string {
    const text = textOf({ ...entry, chain: this.#chain, n: ++this.#n, prev: this.#prev! })
    this.#prev = sha256(text)
    return text
  }

  async #open(name: string): Promise<FileHandle> {
    if (this.#file?.name === name) return this.#file.handle
    await this.#release()
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    this.#prev ??= await lastHash(this.#folder)
    const handle = await open(
      join(this.#folder, name),
      O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW,
      0o600,
    )
    this.#file = { name, handle }
    await endLine(handle)
    return handle
  }
}

/** A line that a crash tore must not swallow the next one. */
async function endLine(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat()
  if (size === 0) return
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  if (buffer[0] !== 10) await handle.write('\n')
}

/** Hash of the last whole line of the folder. */
async function lastHash(folder: string): Promise<string> {
  for (const name of [...(await auditFiles(folder))].reverse()) {
    const last = await lastLine(join(folder, name))
    if (last !== undefined) return sha256(last)
  }
  return NOTHING_BEFORE
}

async function lastLine(path: string): Promise<string | undefined> {
  await using file = await open(path, constants.O_RDONLY | O_NOFOLLOW)
  const { size } = await file.stat()
  const start = Math.max(0, size - TAIL_BYTES)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start)
  const lines = buffer.toString('utf8', 0, bytesRead).split('\n')
  // What follows the last line end is torn, or is being written.
  return lines.slice(0, -1).findLast((line) => line !== '')
}

function unwritable(cause: unknown): SpellError {
  const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message
  return new SpellError('AUDIT_UNWRITABLE', `The audit file cannot be written: ${reason}.`, {
    hint: "Make its folder writable, or name another as 'plugins.permissions.audit' in a file for --config.",
    cause,
  })
}
