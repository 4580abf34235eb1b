import { constants } from 'node:fs'
import { access, realpath, stat } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'

/** A program that was looked for. */
export interface Program {
  /** Name for grants: a bare name where the folders that are searched lead to it, else its path. */
  readonly name: string
  /** Absolute; undefined where there is none. */
  readonly path: string | undefined
  /** Names that it has: its own, and that of the file behind links. */
  readonly names: readonly string[]
}

/** Looks a program up in fixed folders. A path with folders in it must be absolute. */
export async function findProgram(asked: string, folders: readonly string[]): Promise<Program> {
  if (asked.includes('\0')) return { name: asked, path: undefined, names: [] }
  if (!asked.includes('/')) return named(asked, await firstOf(asked, folders))
  if (!isAbsolute(asked) || !(await isProgram(asked)))
    return { name: asked, path: undefined, names: [] }
  const usual = await firstOf(basename(asked), folders)
  const same = usual !== undefined && (await realpath(usual)) === (await realpath(asked))
  return same ? named(basename(asked), usual) : named(asked, await realpath(asked))
}

async function named(name: string, path: string | undefined): Promise<Program> {
  if (path === undefined) return { name, path, names: [basename(name)] }
  return { name, path, names: [basename(path), basename(await realpath(path))] }
}

async function firstOf(name: string, folders: readonly string[]): Promise<string | undefined> {
  if (name === '' || name === '.' || name === '..') return undefined
  for (const folder of folders) {
    const path = join(folder, name)
    if (await isProgram(path)) return path
  }
  return undefined
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/**
 * The words that grants of `run` are matched with. An argument that is not one plain word stands in quotes, so that
 * it never reads as several.
 */
export function commandLine(name: string, args: readonly string[]): string {
  return [name, ...args].map(word).join(' ')
}

function word(text: string): string {
  return text !== '' && !/[\s"\\\p{Cc}\p{Z}]/u.test(text) ? text : JSON.stringify(text)
}
