import { SpellError, type Artifacts } from '@llmspell/sdk'
import { exportArtifact } from '../artifact/export.ts'
import { artifactId, findArtifact } from '../artifact/find.ts'
import { artifactPage, artifactTable } from '../artifact/page.ts'
import { CONFIG, HELP, JSON_FLAG, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { isOn, text } from '../run/options.ts'
import type { Stage } from '../stage.ts'

const FLAGS = [JSON_FLAG, CONFIG, HELP]
const ID = { name: 'id', summary: 'Id of the artifact, or its beginning', required: true }
const RUN = { name: 'run', kind: 'text', value: 'ID', summary: 'Only those of one run' } as const
const FORCE = { name: 'force', kind: 'switch', summary: 'Replace a file that is there' } as const

const LIST: CommandSpec = { id: 'artifact list', flags: [RUN, ...FLAGS], args: [] }
const SHOW: CommandSpec = { id: 'artifact show', flags: FLAGS, args: [ID] }
const REMOVE: CommandSpec = { id: 'artifact remove', flags: FLAGS, args: [ID] }
const EXPORT: CommandSpec = {
  id: 'artifact export',
  flags: [FORCE, ...FLAGS],
  args: [ID, { name: 'file', summary: 'File to write; - writes to stdout', required: true }],
}

async function store(stage: Stage): Promise<Artifacts> {
  return (await stage.open(await stage.config())).use('artifacts')
}

async function list(stage: Stage): Promise<void> {
  const run = text(stage.parsed, 'run')
  const artifacts = await (await store(stage)).list(run === undefined ? {} : { run })
  if (stage.json) out(`${toJson({ ok: true, artifacts })}\n`)
  else out(artifactTable(artifacts, painter(process.stdout.isTTY)))
}

async function show(stage: Stage): Promise<void> {
  const artifact = await findArtifact(await store(stage), stage.parsed.args[0]!)
  if (stage.json) out(`${toJson({ ok: true, artifact })}\n`)
  else out(artifactPage(artifact, painter(process.stdout.isTTY)))
}

async function remove(stage: Stage): Promise<void> {
  const artifacts = await store(stage)
  const id = await artifactId(artifacts, stage.parsed.args[0]!)
  const removed = await artifacts.remove(id)
  if (!removed) await artifacts.info(id)
  out(stage.json ? `${toJson({ ok: true, id, removed })}\n` : `${id} is removed.\n`)
}

async function exported(stage: Stage): Promise<void> {
  const artifacts = await store(stage)
  const [wanted, file] = stage.parsed.args as [string, string]
  if (file === '-' && stage.json) throw bothOnStdout()
  const { id, bytes } = await findArtifact(artifacts, wanted)
  await exportArtifact(artifacts, id, file, isOn(stage.parsed, 'force'))
  if (stage.json) out(`${toJson({ ok: true, id, file, bytes })}\n`)
}

function bothOnStdout(): SpellError {
  return new SpellError('FLAG_INVALID', "Flag '--json' and the file '-' both write to stdout.", {
    hint: 'Name a file, or leave --json out.',
  })
}

const example = (description: string, words: string) => ({
  description,
  command: `<%= config.bin %> artifact ${words}`,
})

export const artifactList = define(
  LIST,
  { summary: 'List what is kept', examples: [example('What is kept', 'list')] },
  list,
)

export const artifactShow = define(
  SHOW,
  {
    summary: 'Show what is known of an artifact',
    examples: [example('By the beginning of its id', 'show sha256-1f2e')],
  },
  show,
)

export const artifactExport = define(
  EXPORT,
  {
    summary: 'Write an artifact to a file or to stdout',
    examples: [
      example('To a file', 'export sha256-1f2e page.html'),
      example('To stdout', 'export sha256-1f2e -'),
    ],
  },
  exported,
)

export const artifactRemove = define(
  REMOVE,
  {
    summary: 'Remove an artifact for good',
    examples: [example('Remove one', 'remove sha256-1f2e')],
  },
  remove,
)
