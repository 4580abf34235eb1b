import { mkdir, mkdtemp, lstat, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSpellError } from '@llmspell/sdk'
import { failed, notFound, notOurs } from './errors.ts'

const PREFIX = 'sha256-'
const ID = /^sha256-[0-9a-f]{64}$/
/** A temporary file this old belongs to a process that is gone. */
const STALE_MS = 24 * 60 * 60 * 1000

/** Where the files of the store lie: by the first two digits of their hash. */
export class Place {
  readonly folder: string
  readonly temporary: string

  constructor(folder: string) {
    this.folder = folder
    this.temporary = join(folder, 'tmp')
  }

  /** File of the content. @throws ARTIFACT_NOT_FOUND for what is no id */
  content(id: string): string {
    return join(this.group(id), hashOf(id))
  }

  /** File of what is known about it. */
  record(id: string): string {
    return `${this.content(id)}.json`
  }

  group(id: string): string {
    return join(this.folder, hashOf(id).slice(0, 2))
  }

  /** The ids whose records are there. */
  async ids(): Promise<string[]> {
    const groups = (await readdir(this.folder)).filter((name) => /^[0-9a-f]{2}$/.test(name))
    const names = await Promise.all(groups.map((group) => readdir(join(this.folder, group))))
    return names.flat().flatMap((name) => idOf(name) ?? [])
  }
}

export function idFrom(hash: string): string {
  return PREFIX + hash
}

function hashOf(id: string): string {
  if (!ID.test(id)) throw notFound(id)
  return id.slice(PREFIX.length)
}

function idOf(name: string): string | undefined {
  const id = name.endsWith('.json') ? idFrom(name.slice(0, -'.json'.length)) : ''
  return ID.test(id) ? id : undefined
}

/**
 * The folder, made if it is missing. It must be ours: whoever else can write there could swap contents.
 * @throws ARTIFACT_FAILED
 */
export async function preparedPlace(folder: string): Promise<Place> {
  const place = new Place(folder)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await checkOwner(folder)
    await mkdir(place.temporary, { recursive: true, mode: 0o700 })
    await sweep(place.temporary)
  } catch (error) {
    throw isSpellError(error) ? error : failed('use its folder', error)
  }
  return place
}

/** A folder of its own among the temporary files, and how to remove it. */
export async function temporaryPlace(): Promise<Place> {
  return preparedPlace(await mkdtemp(join(tmpdir(), 'llmspell-artifacts-')))
}

async function checkOwner(folder: string): Promise<void> {
  const stats = await lstat(folder)
  const foreign = process.getuid !== undefined && stats.uid !== process.getuid()
  const open = process.platform !== 'win32' && (stats.mode & 0o022) !== 0
  if (!stats.isDirectory() || foreign || open) throw notOurs()
}

/** Removes what writers left that were killed. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    const stats = await lstat(file).catch(() => undefined)
    if (stats && Date.now() - stats.mtimeMs > STALE_MS) await rm(file, { force: true })
  }
}
