import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PermissionSet, StoreSettings } from '@llmspell/sdk'
import { fail } from './errors.ts'
import { readJson } from './read-json.ts'
import { isRecord } from './record.ts'

/** One plugin of plugins.lock.json: what the kernel compares, and what the store needs beside it. */
export interface Entry {
  readonly id: string
  readonly package: string
  readonly version: string
  readonly root: string
  readonly from: string
  readonly resolved?: string
  readonly integrity?: string
  readonly manifestHash: string
  /** Hash of the package's own files. */
  readonly files: string
  /** Hash of all that was installed with it. */
  readonly tree: string
  readonly permissions: PermissionSet
  readonly host?: string
  readonly trusted?: boolean
}

export interface StoreLock {
  readonly plugins: readonly Entry[]
  /** The versions before; at most one for each plugin that is there. */
  readonly previous: readonly Entry[]
}

export const LOCK = 'plugins.lock.json'
const SETTINGS = 'plugins.json'

/** @throws PLUGIN_STORE_FAILED where it is none */
export function readStoreLock(folder: string): StoreLock {
  const value = readJson(join(folder, LOCK))
  if (value === undefined) return { plugins: [], previous: [] }
  const { plugins, previous = [] } = isRecord(value) ? value : {}
  const all =
    Array.isArray(plugins) && Array.isArray(previous) ? [...plugins, ...previous] : [undefined]
  if (!all.every(isEntry)) throw broken(folder, LOCK, 'a list of plugins')
  return { plugins: plugins as Entry[], previous: previous as Entry[] }
}

export function writeStoreLock(folder: string, { plugins, previous }: StoreLock): Promise<void> {
  const known = new Set(plugins.map(({ id }) => id))
  const kept = previous.filter(({ id }) => known.has(id))
  return writeJson(join(folder, LOCK), { plugins: sorted(plugins), previous: sorted(kept) })
}

/** @throws PLUGIN_STORE_FAILED where the file is none */
export function readSettings(folder: string): StoreSettings {
  const value = readJson(join(folder, SETTINGS)) ?? {}
  const { linked = [], disabled = [] } = isRecord(value) ? value : { linked: 0 }
  if (!isTexts(linked) || !isTexts(disabled)) throw broken(folder, SETTINGS, 'lists of texts')
  return { linked, disabled }
}

export function writeSettings(folder: string, { linked, disabled }: StoreSettings): Promise<void> {
  return writeJson(join(folder, SETTINGS), { linked, disabled })
}

/** Puts the whole new file in the place of the old one, and onto the disk. */
export async function writeJson(file: string, value: object): Promise<void> {
  const made = `${file}.${process.pid}.tmp`
  try {
    await written(made, `${JSON.stringify(value, undefined, 2)}\n`)
    await rename(made, file)
  } finally {
    await rm(made, { force: true })
  }
  if (process.platform === 'win32') return
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function written(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const sorted = (entries: readonly Entry[]): readonly Entry[] =>
  entries.toSorted((a, b) => (a.id < b.id ? -1 : 1))

function isEntry(value: unknown): value is Entry {
  if (!isRecord(value) || !isRecord(value['permissions'])) return false
  const texts = ['id', 'package', 'version', 'root', 'from', 'manifestHash', 'files', 'tree']
  const isText = (key: string): boolean => typeof value[key] === 'string'
  const { host, trusted } = value
  return (
    texts.every(isText) &&
    ['resolved', 'integrity', 'host'].every((key) => value[key] === undefined || isText(key)) &&
    (trusted === undefined || typeof trusted === 'boolean') &&
    // It runs in one place, and what is shown is that one.
    (host === undefined || trusted !== true)
  )
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function broken(folder: string, name: string, expected: string): Error {
  const text = `'${join(folder, name)}' is broken: expected ${expected}.`
  return fail(
    'PLUGIN_STORE_FAILED',
    text,
    'Restore it, or remove it and install the plugins again.',
  )
}
