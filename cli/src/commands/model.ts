import {
  didYouMean,
  fromErrorRecord,
  SpellError,
  toErrorRecord,
  type ErrorRecord,
} from '@llmspell/sdk'
import { exitCode } from '../exit.ts'
import { CONFIG, HELP, JSON_FLAG, QUIET, type CommandSpec } from '../flags.ts'
import { errorItems } from '../kernel/open.ts'
import { modelTable } from '../model/list.ts'
import { isAbsent, modelPage, statusTable } from '../model/page.ts'
import { pullModel } from '../model/pull.ts'
import {
  modelsOf,
  type ModelFacts,
  type ModelList,
  type Models,
  type ServerRow,
} from '../model/service.ts'
import { testModels } from '../model/test.ts'
import { define } from '../oclif/command.ts'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { failureText } from '../print/failure.ts'
import { err, out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { Interrupt } from '../run/interrupt.ts'
import { isOn, text } from '../run/options.ts'
import type { Stage } from '../stage.ts'

const FLAGS = [JSON_FLAG, CONFIG, HELP]
const LIVE = { name: 'live', kind: 'switch', summary: 'Ask the servers what they have' } as const
const CAPABILITIES = [
  'tools',
  'schema',
  'streaming',
  'reasoning',
  'image',
  'audio',
  'video',
  'pdf',
  'image-output',
  'audio-output',
  'embedding',
]

const LIST: CommandSpec = {
  id: 'model list',
  flags: [
    { name: 'provider', kind: 'text', value: 'NAME', summary: 'Only those of this provider' },
    {
      name: 'capability',
      kind: 'text',
      value: 'WORD',
      summary: 'Only those that can do this: tools, schema, image, reasoning, embedding …',
    },
    LIVE,
    ...FLAGS,
  ],
  args: [],
}
const INFO: CommandSpec = {
  id: 'model info',
  flags: [LIVE, ...FLAGS],
  args: [{ name: 'model', summary: 'Model as provider/model or by an alias', required: true }],
}
const TEST: CommandSpec = {
  id: 'model test',
  flags: [
    { name: 'all', kind: 'switch', summary: 'One model of every provider that has a key' },
    QUIET,
    ...FLAGS,
  ],
  args: [{ name: 'model', summary: 'Model; default: the one that agents get who name none' }],
}
const PULL: CommandSpec = {
  id: 'model pull',
  flags: [QUIET, ...FLAGS],
  args: [{ name: 'model', summary: 'Model such as ollama/llama3.2', required: true }],
}
const STATUS: CommandSpec = {
  id: 'model status',
  flags: FLAGS,
  args: [{ name: 'provider', summary: 'Only this provider; its failure is the exit code' }],
}

/** @returns the exit code: that of a provider that was named and could not be asked */
async function list(stage: Stage): Promise<number> {
  const { kernel, models } = await modelsOf(stage)
  const provider = text(stage.parsed, 'provider')
  const filter = {
    provider,
    capability: capabilityOf(stage),
    live: isOn(stage.parsed, 'live'),
  }
  using interrupt = new Interrupt()
  const { rows, failures } = await models.models(filter, interrupt.signal)
  interrupt.signal.throwIfAborted()
  const [failure] = failures
  if (provider !== undefined && failure) throw fromErrorRecord(failure.error)
  if (stage.json) out(`${toJson({ ok: true, models: rows, failures })}\n`)
  else out(modelTable(rows, painter(process.stdout.isTTY)))
  if (!stage.json && rows.length === 0 && provider !== undefined && !filter.live)
    err(`note: nothing is known of '${plain(provider)}' by itself; add --live to ask its server\n`)
  if (!stage.json) err(failuresText(failures))
  return failure && rows.length === 0
    ? exitCode(fromErrorRecord(failure.error), errorItems(kernel))
    : 0
}

/** Of servers that do not run there may be many: they are one line. */
function failuresText(failures: ModelList['failures']): string {
  const absent = failures.filter(({ error }) => isAbsent(error)).map(({ provider }) => provider)
  const others = failures.filter(({ error }) => !isAbsent(error))
  const note = `note: no server runs for ${absent.join(', ')}; see llmspell model status`
  return [
    ...others.map(({ error }) => `warning: ${plain(error.message)}\n`),
    ...(absent.length > 0 ? [`${plain(note)}\n`] : []),
  ].join('')
}

/** @throws FLAG_INVALID */
function capabilityOf({ parsed }: Stage): string | undefined {
  const word = text(parsed, 'capability')
  if (word === undefined || CAPABILITIES.includes(word)) return word
  const found = `Flag '--capability' is wrong: expected a word such as 'tools', found '${word}'.`
  const hint = didYouMean(word, CAPABILITIES, `Known: ${CAPABILITIES.join(', ')}.`)
  throw new SpellError('FLAG_INVALID', found, { hint })
}

async function info(stage: Stage): Promise<void> {
  const { models } = await modelsOf(stage)
  const facts = await models.info(stage.parsed.args[0]!)
  const shown = isOn(stage.parsed, 'live') ? await askedAbout(models, facts) : facts
  if (stage.json) out(`${toJson({ ok: true, model: shown })}\n`)
  else out(modelPage(shown, painter(process.stdout.isTTY)))
}

/** With what its server says; the same where that does not have it. */
async function askedAbout(models: Models, facts: ModelFacts): Promise<ModelFacts> {
  using interrupt = new Interrupt()
  const filter = { provider: facts.provider, live: true }
  const { rows, failures } = await models.models(filter, interrupt.signal)
  const [failure] = failures
  if (failure) throw fromErrorRecord(failure.error)
  return { ...facts, ...rows.find(({ id, live }) => live && id === facts.id) }
}

/** What is switched off, or lacks its key or address, cannot be asked. */
function offError(rows: readonly ServerRow[]): ErrorRecord | undefined {
  const off = rows.find(({ state }) => state === 'off')
  if (!off) return undefined
  const text = `Provider '${off.provider}' cannot be asked: ${(off.reason ?? 'it is off').replace(/\.$/, '')}.`
  const hint = 'See what it needs with: llmspell doctor'
  return toErrorRecord(new SpellError('PROVIDER_UNAVAILABLE', text, { hint }))
}

/** @returns the exit code: that of the failure of a server that was named */
async function status(stage: Stage): Promise<number> {
  const { kernel, models } = await modelsOf(stage)
  const [provider] = stage.parsed.args
  using interrupt = new Interrupt()
  const rows = await models.status(provider, interrupt.signal)
  const failure = rows.find(({ error }) => error)?.error ?? offError(rows)
  const failed = provider !== undefined && failure !== undefined
  if (stage.json) out(`${toJson({ ok: !failed, servers: rows })}\n`)
  else out(statusTable(rows, painter(process.stdout.isTTY)))
  if (failed && !stage.json)
    err(failureText(fromErrorRecord(failure), painter(process.stderr.isTTY)))
  return failed ? exitCode(fromErrorRecord(failure), errorItems(kernel)) : 0
}

const BIN = '<%= config.bin %>'

export const modelList = define(
  LIST,
  {
    summary: 'List the models that are known, with their prices and abilities',
    description: 'A model that is not listed may be used as well: write provider/model.',
    examples: [
      { description: 'All that are known', command: `${BIN} model list` },
      { description: 'Those that see', command: `${BIN} model list --capability image` },
      {
        description: 'What the server of one provider has',
        command: `${BIN} model list --provider mock --live`,
      },
    ],
  },
  list,
)

export const modelInfo = define(
  INFO,
  {
    summary: 'Show what is known of a model, and where its key is looked for',
    examples: [
      { description: 'What does it cost?', command: `${BIN} model info openai/gpt-4o-mini` },
    ],
  },
  info,
)

export const modelTest = define(
  TEST,
  {
    summary: 'Ask a model for one word, and show how long it took and what it cost',
    examples: [
      { description: 'The offline mock', command: `${BIN} model test mock/demo` },
      { description: 'The default model', command: `${BIN} model test` },
    ],
  },
  testModels,
)

export const modelPull = define(
  PULL,
  {
    summary: 'Have a server fetch a model',
    description: 'Ctrl-C stops it; the next time it goes on where it stopped.',
    examples: [{ description: 'From the library', command: `${BIN} model pull ollama/llama3.2` }],
  },
  pullModel,
)

export const modelStatus = define(
  STATUS,
  {
    summary: 'Show which servers of models answer',
    examples: [{ description: 'All of them', command: `${BIN} model status` }],
  },
  status,
)
