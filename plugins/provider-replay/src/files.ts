import {
  access,
  constants,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import { sha256 } from './bytes.ts'
import type { Sidecar } from './bytes.ts'
import { EMPTY, invalid, parseCassette } from './cassette.ts'
import type { Cassette } from './cassette.ts'
import { pretty } from './json.ts'
import type { Json } from './json.ts'

/** A cassette in texts: as seen from the working folder, and bare where it lies elsewhere. */
export function nameOf(file: string): string {
  const path = relative('', file)
  return path.startsWith('..') || isAbsolute(path) ? basename(file) : path
}

/** @param mayMiss whether one that is not there is empty. @throws CASSETTE_NOT_FOUND, CASSETTE_INVALID */
export async function readCassette(file: string, mayMiss: boolean): Promise<Cassette> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && mayMiss) return undefined
    throw error.code === 'ENOENT' ? notFound(file) : invalid(nameOf(file), reason(error))
  })
  return text === undefined ? EMPTY : parseCassette(text, nameOf(file))
}

/** Before anything is asked and paid. @throws CASSETTE_UNWRITABLE */
export async function mustBeWritable(file: string): Promise<void> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    try {
      if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
      return await access(folder, constants.W_OK)
    } catch (error) {
      const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (!isAbsent || folder === dirname(folder)) throw unwritable(file, error as Error)
    }
  }
}

/** Whole or not at all: what lies beside it first, then the cassette in one step. @throws CASSETTE_UNWRITABLE */
export async function writeCassette(
  file: string,
  cassette: Cassette,
  sidecar: Sidecar,
): Promise<void> {
  const text = `${pretty(cassette as unknown as Json)}\n`
  const folder = besides(file)
  try {
    await mkdir(dirname(file), { recursive: true })
    if (sidecar.size > 0) await mkdir(folder, { recursive: true })
    for (const [name, bytes] of sidecar) await replace(join(folder, name), bytes)
    await replace(file, text)
    await removeUnused(folder, text)
  } catch (error) {
    throw unwritable(file, error as NodeJS.ErrnoException)
  }
}

/** Takes it away with all that lies beside it. */
export async function removeCassette(file: string): Promise<void> {
  await rm(file, { force: true })
  await removeUnused(besides(file), '')
}

/** @throws CASSETTE_INVALID for a content that is gone or changed */
export async function readBytes(file: string, name: string, hash: string): Promise<Uint8Array> {
  const bytes = await readFile(join(besides(file), basename(name))).catch(() => undefined)
  if (bytes && sha256(bytes) === hash) return new Uint8Array(bytes)
  const found = bytes ? 'another content in' : 'nothing at'
  throw invalid(nameOf(file), `${found} '${basename(besides(file))}/${name}'`)
}

/** Folder of what lies beside a cassette: `talk.media` of `talk.json`. */
function besides(file: string): string {
  return `${file.replace(/\.json$/, '')}.media`
}

async function replace(file: string, content: string | Uint8Array): Promise<void> {
  const part = join(dirname(file), `.${basename(file)}.${process.pid}-${unique()}.part`)
  try {
    await using handle = await open(part, 'wx')
    await handle.writeFile(content)
    await handle.sync()
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  await rename(part, file).catch(async (error: unknown) => {
    await rm(part, { force: true })
    throw error
  })
}

let count = 0
const unique = (): number => ++count

/** Only what a recording has made: names that are hashes. */
async function removeUnused(folder: string, text: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  const ours = names.filter((name) => /^[0-9a-f]{64}\.\w+$/.test(name))
  const unused = ours.filter((name) => !text.includes(name.slice(0, 64)))
  await Promise.all(unused.map((name) => rm(join(folder, name), { force: true })))
  if (unused.length > 0 && unused.length === names.length) await rm(folder, { recursive: true })
}

function notFound(file: string): SpellError {
  const text = `Cassette '${nameOf(file)}' does not exist.`
  return new SpellError('CASSETTE_NOT_FOUND', text, {
    hint: 'Record it first, with --record in the place of --replay.',
    details: { cassette: nameOf(file) },
  })
}

function unwritable(file: string, error: NodeJS.ErrnoException): SpellError {
  const text = `Cassette '${nameOf(file)}' cannot be written: ${reason(error)}.`
  return new SpellError('CASSETTE_UNWRITABLE', text, {
    hint: 'Name a file in a folder that you may write to.',
    details: { cassette: nameOf(file) },
    cause: error,
  })
}

const reason = (error: NodeJS.ErrnoException): string => error.code ?? error.message
