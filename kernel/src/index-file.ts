import type { Stats } from 'node:fs'
import { dirname } from 'node:path'
import { isRecord, readRegular } from './files.ts'
import { SDK_VERSION } from './version.ts'

const fs = process.getBuiltinModule('node:fs')

/** What an index keeps of a package.json: all that the kernel reads there. */
export type Facts = Readonly<Record<string, unknown>>

/** A package.json by the folder of its package. */
export type Package = readonly [root: string, json: Facts]

const FORMAT = 1
const KEPT = ['name', 'version', 'engines', 'llmspell'] as const

/** What an index keeps of a package.json. */
export function factsOf(json: Facts): Facts {
  const has = KEPT.filter((key) => Object.hasOwn(json, key))
  return Object.fromEntries(has.map((key) => [key, json[key]]))
}

/** What an index file says; undefined for one that is damaged, of another kernel, or of somebody else. Never throws. */
export function readIndex(file: string): Facts | undefined {
  try {
    const bytes = readRegular(file, (fd, info) => (isOurs(info) ? fs.readFileSync(fd) : undefined))
    const half = (bytes?.length ?? 0) >> 1
    if (!bytes?.subarray(0, half).equals(bytes.subarray(half + 1))) return undefined
    const value: unknown = JSON.parse(bytes.toString('latin1', 0, half))
    if (!isRecord(value)) return undefined
    return value['format'] === FORMAT && value['kernel'] === SDK_VERSION ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Writes an index file whole or not at all, its text twice: what has since been damaged differs, and to compare the two
 * costs nothing, where a hash would cost more than the index saves. Never throws: without an index a start takes longer.
 */
export function writeIndex(file: string, content: Facts): void {
  const made = `${file}.${process.pid}`
  try {
    fs.mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const body = ascii(JSON.stringify({ format: FORMAT, kernel: SDK_VERSION, ...content }))
    fs.writeFileSync(made, `${body}\n${body}`, { mode: 0o600, flag: 'wx' })
    fs.renameSync(made, file)
  } catch {
    remove(made)
  }
}

/** With one wider letter all of a text takes two bytes a letter, and is three times slower to read. */
function ascii(json: string): string {
  return json.replaceAll(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function remove(file: string): void {
  try {
    fs.rmSync(file, { force: true })
  } catch {
    // A folder that cannot be written to has no such file either.
  }
}

/** Belongs to this user, and neither group nor others may write. Windows has no such owner. */
function isOurs({ uid, mode }: Stats): boolean {
  const own = process.getuid?.()
  return own === undefined || (uid === own && (mode & 0o022) === 0)
}
