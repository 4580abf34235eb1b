import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { CONFIG, HELP, MODEL, QUIET, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { runScript } from '../run/run.ts'
import { readSource } from '../run/source.ts'
import type { Stage } from '../stage.ts'

const SPEC: CommandSpec = { id: 'demo', flags: [MODEL, CONFIG, QUIET, HELP], args: [] }

/** The files that the demo reads: of this repository when it runs there, else its own. */
interface Scene {
  readonly script: string
  readonly files: readonly string[]
}

async function show(stage: Stage): Promise<void> {
  const scene = setScene(stage.root)
  const flags = { ...stage.parsed.flags, 'allow-read': scene.files }
  const parsed = { flags, args: [scene.script], rest: scene.files }
  out(`${painter(process.stdout.isTTY)('dim', `$ ${commandLine(stage, scene)}`)}\n\n`)
  await runScript(stage, { parsed, read: () => readSource(scene.script), narrate: true })
}

function setScene(root: string): Scene {
  const here = process.cwd()
  const folder = isRepository(here) ? here : join(root, 'demo', 'files')
  const near = (file: string): string => {
    const path = relative(here, file)
    return path.startsWith('..') ? file : path
  }
  return {
    script: near(join(root, 'demo', 'demo.lua')),
    files: ['README.md', 'package.json'].map((name) => near(join(folder, name))),
  }
}

function isRepository(folder: string): boolean {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8')
    return (JSON.parse(text) as { name?: unknown }).name === 'llmspell-monorepo'
  } catch {
    return false
  }
}

/** What to type for the same run. */
function commandLine({ parsed }: Stage, { script, files }: Scene): string {
  const model =
    parsed.flags['model'] === undefined ? '' : ` --model ${String(parsed.flags['model'])}`
  const words = [script, `--allow-read=${files.join(',')}`, ...files].map(quoted)
  return `llmspell run ${words.join(' ')}${model}`
}

function quoted(word: string): string {
  return /[^\w./=,:@%+-]/.test(word) ? `'${word.replaceAll("'", String.raw`'\''`)}'` : word
}

export const demo = define(
  SPEC,
  {
    summary: 'Watch an agent read, compute and answer; works without a key',
    examples: [
      { description: 'Offline, with the mock model', command: '<%= config.bin %> demo' },
      {
        description: 'The same with a real model',
        command: '<%= config.bin %> demo --model openai/gpt-4o-mini',
      },
    ],
  },
  show,
)
