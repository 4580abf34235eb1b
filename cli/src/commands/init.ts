import { loadConfig } from '../config.ts'
import { CONFIG, HELP, JSON_FLAG, type CommandSpec, type FlagSpec } from '../flags.ts'
import { luaVersion, typesOf } from '../init/api.ts'
import { starterFiles } from '../init/starter.ts'
import { addLine, makeFolder, mustBeFolder, writeText, type Written } from '../init/write.ts'
import { define } from '../oclif/command.ts'
import { ownConfigFile } from '../places.ts'
import { plain } from '../print/escape.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { isOn, text } from '../run/options.ts'
import type { Stage } from '../stage.ts'

const FORCE: FlagSpec = {
  name: 'force',
  char: 'f',
  kind: 'switch',
  summary: 'Write files anew that are there already',
}
const FLAGS = [FORCE, JSON_FLAG, CONFIG, HELP]
const args = [{ name: 'dir', summary: 'The folder (default: the working folder)' }]
const INIT: CommandSpec = { id: 'init', flags: FLAGS, args }
const TYPES: CommandSpec = { id: 'types', flags: FLAGS, args }

async function writeAll(stage: Stage, make: boolean): Promise<void> {
  const folder = stage.parsed.args[0] ?? '.'
  if (make) makeFolder(folder)
  mustBeFolder(folder)
  const own = ownConfigFile(process.env, process.platform)
  const config = await loadConfig(text(stage.parsed, 'config'), folder, own)
  const { extensions } = await stage.open(config)
  const starter = make ? starterFiles(luaVersion(extensions)) : []
  const force = isOn(stage.parsed, 'force')
  const files = [...starter, ...typesOf(extensions)].map((file) => writeText(folder, file, force))
  if (make) files.push(addLine(folder, '.gitignore', '.llmspell/'))
  if (stage.json) out(`${toJson({ ok: true, folder, files })}\n`)
  else out(files.map(lineOf).join('') + (make ? next(folder) : ''))
}

const WORDS = {
  wrote: ['wrote', ''],
  kept: ['kept', '  (another one is there; --force writes it anew)'],
  unchanged: ['same', ''],
} as const

function lineOf({ path, action }: Written): string {
  const [word, note] = WORDS[action]
  return `${word.padEnd(6)} ${plain(path)}${note}\n`
}

function next(folder: string): string {
  const there = folder === '.' ? '' : `cd ${plain(folder)} && `
  return `\nTry it: ${there}llmspell run hello.lua\n`
}

export const init = define(
  INIT,
  {
    summary: 'Start a folder with scripts, settings and types for editors',
    description: `Writes hello.lua, hello.js, llmspell.toml, .luarc.json and tsconfig.json, and
below .llmspell/types the types of all that scripts can call, for the Lua
language server and for TypeScript. What is there already stays as it is.`,
    examples: [
      { description: 'Start a new folder', command: '<%= config.bin %> init spells' },
      { description: 'The same here', command: '<%= config.bin %> init' },
    ],
  },
  (stage) => writeAll(stage, true),
)

export const types = define(
  TYPES,
  {
    summary: 'Refresh the types for editors after plugins came or went',
    description: `Writes .llmspell/types/llmspell.d.ts and llmspell.lua from the descriptions of
all installed plugins. Loads no code of theirs.`,
    examples: [
      { description: 'Refresh those of this folder', command: '<%= config.bin %> types' },
      { description: 'Of another, for programs', command: '<%= config.bin %> types spells --json' },
    ],
  },
  (stage) => writeAll(stage, false),
)
