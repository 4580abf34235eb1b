import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { CONFIG, HELP, MODEL, QUIET, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { runScript } from '../run/run.ts'
import { readSource } from '../run/source.ts'
import type { Stage } from '../stage.ts'

const SPEC: CommandSpec = {
  id: 'demo',
  flags: [MODEL, CONFIG, QUIET, HELP],
  args: [],
  hints: { '--json': 'The demo is for people. For programs: llmspell run --json FILE' },
}

const READS = ['README.md', 'package.json']

const IN_CLONE = 'npx llmspell run examples/scripts/hello.lua'
const ELSEWHERE = 'llmspell init spells'

/** Where the demo runs, and its script as seen from there. */
interface Scene {
  readonly folder: string
  readonly script: string
}

async function show(stage: Stage): Promise<void> {
  const scene = setScene(stage.root)
  const { folder, script } = scene
  const flags = { ...stage.parsed.flags, 'allow-read': READS }
  out(`${painter(process.stdout.isTTY)('dim', `$ ${commandLine(stage, scene)}`)}\n\n`)
  await runScript(stage, {
    parsed: { flags, args: [script], rest: [] },
    folder,
    read: () => ({ ...readSource(join(folder, script)), file: script }),
    narrate: true,
  })
  out(`\nNext: ${folder === process.cwd() ? IN_CLONE : ELSEWHERE}\n`)
}

/** The files that the demo reads are those of this repository, or its own. */
function setScene(root: string): Scene {
  const here = process.cwd()
  const folder = isRepository(here) ? here : join(root, 'demo', 'files')
  return { folder, script: relative(folder, join(root, 'demo', 'demo.lua')) }
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
function commandLine({ parsed }: Stage, { folder, script }: Scene): string {
  // In a clone npx finds the program, and the Node that it needs.
  const there = folder === process.cwd() ? 'npx ' : `cd ${quoted(folder)} && `
  const { model } = parsed.flags
  const chosen = typeof model === 'string' ? ` --model ${quoted(model)}` : ''
  return `${there}llmspell run ${quoted(script)} --allow-read=${READS.join(',')}${chosen}`
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
