import { SpellError, didYouMean, fromErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord } from '@llmspell/sdk'
import { isBuiltin } from 'node:module'

const FILES = 'Tool.fileRead({ path }) reads a file.'
/** What stands for what other hosts of JavaScript have. */
const INSTEAD: Readonly<Record<string, string>> = {
  fs: FILES,
  'fs/promises': FILES,
  process: "Arguments are in 'ARGS'; a script ends by itself.",
  fetch: 'Scripts reach the network through tools; list them with: llmspell tool list',
  Buffer: 'Use Uint8Array, TextEncoder and TextDecoder.',
  setInterval: 'Use setTimeout, or Async.sleep in a loop.',
  url: 'URL is there without an import.',
}
const OTHERWISE = 'What scripts have is there without an import: Tool, Agent, Async, URL.'

/** A module that was not found by a name without a folder. Without a grant nobody looks for its file. */
export function notFound(error: ErrorRecord, name: string): SpellError {
  const known = fromErrorRecord(error)
  if (!ABSENT.has(error.code) || /^[./]/.test(name)) return known
  if (name.startsWith('node:') || isBuiltin(name)) return noNode(name, OTHERWISE)
  if (error.code === 'PATH_INVALID' || /\.(?:js|mjs|cjs|ts|json)$/.test(name)) return known
  return noNode(name, `Packages are not loaded; write './${name}' for a file.`)
}

const ABSENT: ReadonlySet<string> = new Set(['FILE_NOT_FOUND', 'PERMISSION_DENIED', 'PATH_INVALID'])

function noNode(name: string, otherwise: string): SpellError {
  const message = `There is no module '${name}': scripts do not run in Node.`
  const plain = name.replace(/^node:/, '')
  const hint = Object.hasOwn(INSTEAD, plain) ? INSTEAD[plain]! : otherwise
  return new SpellError('FILE_NOT_FOUND', message, { hint })
}

/** The same error; of a name that does not exist with what was probably meant. */
export function withHint(error: ErrorRecord, names: readonly string[]): ErrorRecord {
  const name = /^ReferenceError: '?([\w$]+)'? is not defined$/.exec(error.message)?.[1]
  if (name === undefined || error.hint !== undefined) return error
  const hint = Object.hasOwn(INSTEAD, name) ? INSTEAD[name]! : didYouMean(name, names)
  return hint === '' ? error : { ...error, hint }
}
