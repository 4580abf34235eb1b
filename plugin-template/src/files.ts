import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kind } from './kinds.ts'
import type { Names } from './names.ts'

/** A file of a new plugin. */
export interface TemplateFile {
  /** From its folder, with slashes. */
  readonly path: string
  readonly text: string
}

const TEMPLATES = fileURLToPath(new URL('../templates/', import.meta.url))
/** Under these names they would mean something to npm and to GitHub while they lie here. */
const PLACES: Readonly<Record<string, string>> = {
  gitignore: '.gitignore',
  'ci.yml': '.github/workflows/ci.yml',
}
/** Not what a test run or a build has left in the clone. */
const LEFT_OUT = /^(?:node_modules|dist|coverage)(?:\/|$)/

/** Every file of a new plugin. */
export function templateFiles(kind: Kind, names: Names): readonly TemplateFile[] {
  return ['common', kind].flatMap((folder) => filesBelow(join(TEMPLATES, folder), names))
}

function filesBelow(folder: string, names: Names): TemplateFile[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = found
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      return relative(folder, join(parentPath, name)).replaceAll(sep, '/')
    })
  return paths
    .filter((path) => !LEFT_OUT.test(path))
    .map((path) => {
      const text = readFileSync(join(folder, path), 'utf8')
      return { path: PLACES[path] ?? path, text: renamed(text, names) }
    })
}

/** A template is a plugin that works: its names are the placeholders. */
function renamed(text: string, names: Names): string {
  const places: readonly (readonly [string, string])[] = [
    ['llmspell-my-plugin', names.package],
    ['my-plugin', names.id],
    ['my_plugin', names.snake],
    ['myPlugin', names.camel],
    ['MyPlugin', names.pascal],
    ['MY_PLUGIN', names.upper],
  ]
  const pattern = new RegExp(places.map(([from]) => from).join('|'), 'g')
  const to = new Map(places)
  return text.replaceAll(pattern, (from) => to.get(from)!)
}
