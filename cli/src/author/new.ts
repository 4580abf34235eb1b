import { readdirSync, rmSync } from 'node:fs'
import { join, normalize, resolve } from 'node:path'
import { didYouMean, SpellError } from '@llmspell/sdk'
import type { Kind } from '@llmspell/plugin-template'
import { makeFolders } from '../folders.ts'
import { writeText } from '../init/write.ts'
import { plain } from '../print/escape.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { text } from '../run/options.ts'
import type { Stage } from '../stage.ts'

type Templates = typeof import('@llmspell/plugin-template')

/** Writes a new plugin into a folder of its own. */
export async function newPlugin(stage: Stage): Promise<void> {
  const templates = await import('@llmspell/plugin-template')
  const kind = kindOf(text(stage.parsed, 'kind'), templates.KINDS)
  const name = nameOf(stage.parsed.args[0]!, text(stage.parsed, 'scope'), templates)
  const names = templates.namesOf(name)
  const folder = normalize(text(stage.parsed, 'folder') ?? name.replace(/^.*\//, ''))
  const files = templates.templateFiles(kind, names)
  const made = makeEmpty(folder)
  try {
    for (const file of files) writeText(folder, file, true)
  } catch (error) {
    // Nothing half-done: of a folder that was there only what was written goes.
    for (const path of made ? [''] : readdirSync(folder))
      rmSync(join(folder, path), { recursive: true, force: true })
    throw error
  }
  const paths = files.map(({ path }) => path).sort()
  if (stage.json) {
    const facts = { name, id: names.id, kind, folder: resolve(folder), files: paths }
    out(`${toJson({ ok: true, plugin: facts })}\n`)
  } else out(page(name, kind, folder, paths))
}

function kindOf(given: string | undefined, kinds: readonly Kind[]): Kind {
  const list = kinds.join(', ')
  if (given === undefined)
    throw new SpellError('FLAG_INVALID', "'llmspell plugin new' needs the kind of the plugin.", {
      hint: `Write it as: --kind=tool; kinds are ${list}.`,
    })
  const kind = kinds.find((one) => one === given)
  if (kind) return kind
  const message = `Flag '--kind' is wrong: expected one of ${list}, found '${given}'.`
  throw new SpellError('FLAG_INVALID', message, {
    hint: didYouMean(given, kinds, 'Choose the one that is nearest to what it brings.'),
  })
}

function nameOf(given: string, scope: string | undefined, templates: Templates): string {
  const name = scope === undefined ? given : `@${scope.replace(/^@/, '')}/${given}`
  const fault = templates.nameFault(name)
  if (fault === undefined) return name
  const suggested = templates.suggestedName(name)
  const message = `The name '${name}' is no name of a package: expected ${fault}.`
  throw new SpellError('PLUGIN_NAME_INVALID', message, {
    hint:
      suggested === undefined ? 'Choose another, such as weather.' : `It could be '${suggested}'.`,
  })
}

/** @returns true where it had to be made */
function makeEmpty(folder: string): boolean {
  try {
    const made = makeFolders(folder)
    if (made || readdirSync(folder).length === 0) return made
  } catch (cause) {
    const message = `'${folder}' could not be made: ${(cause as Error).message}.`
    throw new SpellError('FILE_UNWRITABLE', message, { hint: 'Choose another folder.', cause })
  }
  throw new SpellError('FOLDER_NOT_EMPTY', `The folder '${folder}' is not empty.`, {
    hint: 'Name another with --folder, or take what is in it aside.',
  })
}

function page(name: string, kind: Kind, folder: string, paths: readonly string[]): string {
  const lines = paths.map((path) => `wrote  ${plain(join(folder, path))}\n`)
  const next = [
    `cd ${plain(quoted(folder))}`,
    'npm install && npm test',
    'llmspell plugin link .',
  ].map((command) => `  ${command}\n`)
  return `${lines.join('')}\n${kind === 'engine' ? 'An' : 'A'} ${kind} plugin, '${plain(name)}'. Next:\n${next.join('')}`
}

const quoted = (path: string): string =>
  /^[\w./~@-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
