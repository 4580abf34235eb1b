import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { BackupInfo } from '@llmspell/sdk'

const INFO = /^(\d{8}T\d{9}-[0-9a-f]{8})\.json$/
const ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})-[0-9a-f]{8}$/
const DRAFT = /^(\d{8}T\d{9}-[0-9a-f]{8})\.(?:backup|backup\.new|json\.new)$/
/** Younger ones may be at work in another process. */
const STRAY_MS = 3_600_000

/** Files of a folder: a backup, and a small one beside it that says what it is. */
export class BackupFiles {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** Sorts by time. */
  newId(now: number): string {
    const time = new Date(now).toISOString().replaceAll(/[-:.Z]/g, '')
    return `${time}-${randomBytes(4).toString('hex')}`
  }

  pathOf(id: string): string {
    return join(this.folder, `${id}.backup`)
  }

  noteOf(id: string): string {
    return join(this.folder, `${id}.json`)
  }

  /** There with all its bytes, or not there. */
  async write<T>(
    id: string,
    fill: (sink: WritableStream<Uint8Array>) => Promise<T>,
    spend?: (bytes: number) => void,
  ): Promise<T> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    await this.#removeStrays()
    const draft = `${this.pathOf(id)}.new`
    try {
      const made = await filled(draft, fill, spend)
      await rename(draft, this.pathOf(id))
      return made
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  }

  /** From here on it is in the list. */
  async note(info: BackupInfo): Promise<void> {
    const path = this.noteOf(info.id)
    await filled(`${path}.new`, async (sink) => {
      const writer = sink.getWriter()
      await writer.write(new TextEncoder().encode(`${JSON.stringify(info, undefined, 2)}\n`))
    })
    await rename(`${path}.new`, path)
    if (process.platform === 'win32') return
    await using handle = await open(this.folder, 'r')
    await handle.sync()
  }

  read(id: string): ReadableStream<Uint8Array> {
    return Readable.toWeb(createReadStream(this.pathOf(id))) as ReadableStream<Uint8Array>
  }

  async size(id: string): Promise<number> {
    return (await stat(this.pathOf(id))).size
  }

  async info(id: string): Promise<BackupInfo | undefined> {
    if (!ID.test(id)) return undefined
    const text = await readFile(this.noteOf(id), 'utf8').catch(none)
    return text === undefined ? undefined : (infoIn(text, id) ?? this.#undescribed(id))
  }

  async #undescribed(id: string): Promise<BackupInfo> {
    const [, year, month, day, ...time] = ID.exec(id)!
    const createdAt = Date.parse(
      `${year}-${month}-${day}T${time.slice(0, 3).join(':')}.${time[3]}Z`,
    )
    const size = await this.size(id).catch(() => 0)
    const nothing = { entries: 0, deletes: 0, checksum: '', seq: '0' }
    return { id, createdAt, size, ...nothing, reason: 'damaged', damaged: true }
  }

  /** What a process left behind that was killed: a backup that nothing describes is in no list. */
  async #removeStrays(): Promise<void> {
    const names = new Set(await readdir(this.folder))
    for (const name of names) {
      const id = DRAFT.exec(name)?.[1]
      if (id === undefined || (name.endsWith('.backup') && names.has(`${id}.json`))) continue
      const path = join(this.folder, name)
      const { mtimeMs = Infinity } = (await stat(path).catch(none)) ?? {}
      if (mtimeMs < Date.now() - STRAY_MS) await rm(path, { force: true })
    }
  }

  /** The newest first. */
  async list(): Promise<BackupInfo[]> {
    const names = (await readdir(this.folder).catch(none)) ?? []
    const ids = names.flatMap((name) => INFO.exec(name)?.[1] ?? [])
    const infos = await Promise.all(
      ids
        .toSorted()
        .toReversed()
        .map((id) => this.info(id)),
    )
    return infos.filter((info) => info !== undefined)
  }

  async remove(id: string): Promise<void> {
    await rm(this.noteOf(id), { force: true })
    await rm(this.pathOf(id), { force: true })
  }
}

function infoIn(text: string, id: string): BackupInfo | undefined {
  try {
    const info = JSON.parse(text) as BackupInfo
    const whole = info.id === id && /^[0-9a-f]{64}$/.test(info.checksum) && /^\d+$/.test(info.seq)
    const counts = [info.createdAt, info.size, info.entries].every(Number.isSafeInteger)
    const follows = info.follows === undefined || ID.test(info.follows)
    return whole && counts && follows && isSelection(info.select) ? info : undefined
  } catch {
    return undefined
  }
}

const SELECTOR = new Set(['tenant', 'kind', 'id', 'prefix', 'key'])

/** A key that is not known would select more than was meant. */
function isSelection(select: unknown): boolean {
  if (select === undefined) return true
  return Array.isArray(select) && select.length > 0 && select.every(isSelector)
}

function isSelector(one: unknown): boolean {
  if (typeof one !== 'object' || one === null || Array.isArray(one)) return false
  return Object.entries(one).every(([key, text]) => SELECTOR.has(key) && typeof text === 'string')
}

async function filled<T>(
  path: string,
  fill: (sink: WritableStream<Uint8Array>) => Promise<T>,
  spend: (bytes: number) => void = () => undefined,
): Promise<T> {
  await using file = await open(path, 'w', 0o600)
  const write = async (chunk: Uint8Array): Promise<void> => {
    spend(chunk.length)
    for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten
  }
  const made = await fill(new WritableStream<Uint8Array>({ write }))
  await file.sync()
  return made
}

function none(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  return undefined
}
