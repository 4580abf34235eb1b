import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { BackupInfo } from '@llmspell/sdk'

const INFO = /^(\d{8}T\d{9}-[0-9a-f]{8})\.json$/
const ID = /^\d{8}T\d{9}-[0-9a-f]{8}$/

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

  /** There with all its bytes, or not there. */
  async write<T>(id: string, fill: (sink: WritableStream<Uint8Array>) => Promise<T>): Promise<T> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    const draft = `${this.pathOf(id)}.new`
    try {
      const made = await filled(draft, fill)
      await rename(draft, this.pathOf(id))
      return made
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  }

  /** From here on it is in the list. */
  async note(info: BackupInfo): Promise<void> {
    const path = join(this.folder, `${info.id}.json`)
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
    const text = await readFile(join(this.folder, `${id}.json`), 'utf8').catch(none)
    return text === undefined ? undefined : (JSON.parse(text) as BackupInfo)
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
    await rm(join(this.folder, `${id}.json`), { force: true })
    await rm(this.pathOf(id), { force: true })
  }
}

async function filled<T>(
  path: string,
  fill: (sink: WritableStream<Uint8Array>) => Promise<T>,
): Promise<T> {
  await using file = await open(path, 'w', 0o600)
  const write = async (chunk: Uint8Array): Promise<void> => {
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
