import { homedir } from 'node:os'
import { basename, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { printable } from '@llmspell/sdk'
import { fail } from './errors.ts'

/** Where a plugin shall come from. */
export type Source =
  | { readonly kind: 'registry'; readonly from: string; readonly name: string }
  | { readonly kind: 'path'; readonly from: string; readonly path: string }
  | { readonly kind: 'git'; readonly from: string }

const NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/
const VERSION = /^[\w.*^~<>=|+ -]{1,128}$/
const GIT = /^(?:git(?:\+\w+)?:|github:|gitlab:|bitbucket:|gist:)|\.git(?:#|$)|^[\w.-]+@[\w.-]+:/
const SHORT = /^[\w-][\w.-]*\/[\w.-]+(?:#.*)?$/

/**
 * Reads what shall be installed. Nothing that it lets through is a flag or a file of npm's own.
 * @throws PLUGIN_SPEC
 */
export function sourceOf(spec: string, cwd: string): Source {
  const from = spec.trim()
  if (from === '' || from.startsWith('-')) throw refused(spec, 'a name or a path')
  if (GIT.test(from)) return { kind: 'git', from }
  if (/^https?:/.test(from))
    throw refused(spec, 'no address of an archive', 'Fetch it, and install the file.')
  if (isPath(from)) return pathSource(from, cwd)
  const at = from.indexOf('@', 1)
  const name = at < 0 ? from : from.slice(0, at)
  const version = at < 0 ? 'latest' : from.slice(at + 1)
  if (NAME.test(name) && !version.startsWith('-') && VERSION.test(version))
    return { kind: 'registry', from, name }
  if (SHORT.test(from)) return { kind: 'git', from }
  throw refused(spec, 'name, name@version, ./archive.tgz or ./folder')
}

function isPath(from: string): boolean {
  return /^(?:\.{1,2}(?:[\\/]|$)|~[\\/]|file:)/.test(from) || isAbsolute(from)
}

function pathSource(from: string, cwd: string): Source {
  const text = from.startsWith('file://') ? fileURLToPath(from) : from.replace(/^file:/, '')
  if (text === '') throw refused(from, 'a path')
  const home = /^~[\\/]/.test(text) ? homedir() + text.slice(1) : text
  const path = resolve(cwd, home)
  return { kind: 'path', from: path, path }
}

function refused(
  spec: string,
  expected: string,
  hint = 'See: llmspell plugin install --help',
): Error {
  const text = `'${printable(spec)}' cannot be installed: expected ${expected}.`
  return fail('PLUGIN_SPEC', text, hint)
}

/** Folder name of a package: readable, and never more than one folder. */
export function folderName(name: string, version: string): string {
  return basename(`${name.replace('@', '').replace('/', '+')}@${version}`).replaceAll(
    /[^\w.+@-]/g,
    '_',
  )
}
