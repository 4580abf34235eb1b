import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { didYouMean, SpellError } from '@llmspell/sdk'
import type { EngineItem, ExtensionRegistry, RunRequest } from '@llmspell/sdk'
import type { CallOptions } from './calls.ts'

/** A script: its text, or a file; with `source` the file is a name for messages. */
export interface Script extends CallOptions, Partial<Omit<RunRequest, keyof CallOptions>> {}

/** Stands for a file where the script came as text. */
const TEXT_FILE = '(script)'
const DEFAULT_ENGINE = 'lua'
const MOST_MIB = 16

/** Text and name of a script. @throws INPUT_INVALID, FILE_NOT_FOUND, FILE_UNREADABLE */
export function sourceOf({ source, file, root }: Script): { source: string; file: string } {
  if (typeof source === 'string') return { source, file: file ?? TEXT_FILE }
  if (typeof file === 'string') return { source: readText(resolve(root ?? '.', file)), file }
  throw new SpellError('INPUT_INVALID', "A script expects 'source' or 'file', found neither.", {
    hint: "Write it as { source: 'return 1' } or { file: './a.lua' }.",
  })
}

/** The engine of text that has no ending to tell it; by name or by language. @throws ENGINE_UNKNOWN */
export function engineOf(
  extensions: ExtensionRegistry,
  asked: string | undefined,
  file: string,
  fallback = DEFAULT_ENGINE,
): { readonly engine?: string } {
  const wanted = asked ?? (extname(file) === '' ? fallback : undefined)
  if (wanted === undefined) return {}
  const engines = extensions.list<EngineItem & Record<string, unknown>>('engines')
  const found =
    engines.find(({ name }) => name === wanted) ??
    engines.find(({ item }) => item.language === wanted)
  if (found) return { engine: found.name }
  const names = engines.flatMap(({ name, item }) => [name, item.language])
  throw new SpellError('ENGINE_UNKNOWN', `Engine '${wanted}' is not installed.`, {
    hint: didYouMean(wanted, names, `Installed: ${[...new Set(names)].join(', ')}.`),
  })
}

/** Reads a regular file of UTF-8: a pipe or a device would hold up the host. */
export function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readRegular(file))
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new SpellError('FILE_NOT_FOUND', `File '${file}' does not exist.`, {
        hint: 'Relative paths start from the root of the call.',
      })
    throw new SpellError('FILE_UNREADABLE', `File '${file}' cannot be read: ${message}.`, {
      hint: 'Name a file of UTF-8 text that you may read.',
      cause,
    })
  }
}

function readRegular(file: string): Buffer {
  const fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const info = fstatSync(fd)
    if (!info.isFile()) throw new Error('expected a file, found something else')
    if (info.size > MOST_MIB * 1024 * 1024) throw new Error(`it is larger than ${MOST_MIB} MiB`)
    return readFileSync(fd)
  } finally {
    closeSync(fd)
  }
}
