// Pages of docs/ that are tables elsewhere: codes and hook points come from the manifests.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { manifestPage } from './manifest-page.mjs'
import { packages, readJson, root } from './packages.mjs'
import { scriptApiFiles } from './script-api.mjs'

const EVENT_TYPES = 'plugins/events/schemas/event-types.json'

/** Exit code of the command line for each class of failure; its owner is cli/src/exit.ts. */
async function exitCodes() {
  const { EXIT_CODES } = await load('cli/src/exit.ts')
  return EXIT_CODES
}

function load(path) {
  return import(pathToFileURL(join(root, path)).href)
}

function manifests() {
  return packages().filter(
    ({ manifest }) => manifest.llmspell && manifest.name.startsWith('@llmspell/'),
  )
}

function table(heads, rows) {
  const line = (cells) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

async function errorRows() {
  const { KERNEL_ERRORS } = await load('kernel/src/codes.ts')
  const { CLI_ERRORS } = await load('cli/src/codes.ts')
  const own = [
    ...KERNEL_ERRORS.map((item) => ['kernel', item]),
    ...CLI_ERRORS.map((item) => ['cli', item]),
  ]
  const plugins = manifests().flatMap(({ manifest }) =>
    (manifest.llmspell.contributes?.errors ?? []).map((item) => [manifest.llmspell.id, item]),
  )
  return [...own, ...plugins].sort(([, a], [, b]) => (a.name < b.name ? -1 : 1))
}

async function errorsPage() {
  const exits = await exitCodes()
  const rows = (await errorRows()).map(([owner, { name, class: kind, cause, cure }]) => [
    `\`${name}\``,
    owner,
    `${kind} (${exits[kind]})`,
    cause,
    cure,
  ])
  const classes = Object.entries(exits).map(([kind, code]) => [kind, code])
  return `# Errors

Every error has a stable code, names its subject in quotes, says what was expected and what was found, and one thing to
do. Test the code, never the message. Written by \`npm run generate\` from the tables of the kernel, the command line and
the manifests of the plugins.

## Exit codes

0 is success; 141 says that the reader of the output went away.

${table(['class', 'exit code'], classes)}

## Codes

${table(['code', 'owner', 'class (exit)', 'raised when', 'what to do'], rows)}
`
}

async function pointRows() {
  const { KERNEL_RECORD } = await load('kernel/src/kernel-record.ts')
  const own = KERNEL_RECORD.manifest.contributes.hookPoints.map((point) => [point, 'kernel'])
  const plugins = manifests().flatMap(({ manifest }) =>
    (manifest.llmspell.contributes?.hookPoints ?? []).map((point) => [point, manifest.llmspell.id]),
  )
  return [...own, ...plugins]
}

/** What a script may answer beside nothing. */
const ANSWERS = {
  guard: ['cancel', 'skip'],
  transform: ['modify', 'skip'],
  choose: ['replace', 'skip'],
  observe: [],
  series: [],
  notify: [],
}

function answersOf({ kind, results = [] }) {
  return (kind === 'intercept' ? [...results, 'skip'] : ANSWERS[kind]).join(', ')
}

/** The keys of a payload; one that may be missing has a question mark. */
function keysOf({ payload }) {
  const needed = new Set(payload?.required ?? [])
  const keys = Object.keys(payload?.properties ?? {})
  return keys.map((key) => `\`${key}\`${needed.has(key) ? '' : '?'}`).join(' ')
}

async function hooksPage() {
  const rows = await pointRows()
  const points = rows.map(([point, owner]) => [
    `\`${point.name}\``,
    point.failOpen ? `${point.kind}, open` : point.kind,
    owner,
    point.doc,
    answersOf(point),
    keysOf(point),
  ])
  const aliases = rows.flatMap(([{ name, aliases = [], subject }]) =>
    aliases.map((alias) => [`\`${alias}\``, `\`${name}\``, subject ? `\`${subject}\`` : '']),
  )
  return `# Hook points

A plugin names the points it taps in \`contributes.hooks\` and taps them with \`ctx.tap\`; a script uses \`Hook.register\`
with the name of a point or an alias of it. Written by \`npm run generate\` from the manifests.

| kind | a tap returns | when a tap throws or takes too long |
| --- | --- | --- |
| guard | nothing, or \`deny(reason)\`; the first denial wins | the operation is denied |
| transform | a new value, or nothing | the operation fails |
| observe | nothing; all taps run at once | reported, the others go on |
| series | nothing; one after the other | reported, the next goes on |
| notify | nothing; synchronous | reported |
| choose | an answer, or nothing; the first answer wins | reported, the next is asked |
| intercept | nothing, or a verdict: \`modify\`, \`cancel\`, \`replace\`, \`retry\`, \`redirect\`, \`skip\` | the operation fails; where the point is open: reported, the next is asked |

## Points

The results are what a script may answer beside nothing; at an intercept they hold for plugins too. A question mark: the
key may be missing.

${table(['point', 'kind', 'owner', 'when', 'results', 'payload'], points)}

## Aliases

The subject is the key of the payload that \`where = { name = ... }\` is compared with.

${table(['alias', 'point', 'subject'], aliases)}
`
}

/** Keys of an event's data with their types. */
function dataOf({ properties = {} }) {
  const type = (schema) => schema.type ?? (schema.enum ?? []).map((one) => `"${one}"`).join(', ')
  return Object.entries(properties)
    .map(([key, schema]) => `\`${key}\`: ${type(schema)}`)
    .join('; ')
}

function eventsPage() {
  const { types } = readJson(join(root, EVENT_TYPES))
  const rows = types.map(({ type, doc, point, data }) => [
    `\`${type}\``,
    doc,
    `\`${point}\``,
    dataOf(data),
  ])
  return `# Events

What the host publishes by itself, to scripts (\`Event.subscribe\`), plugins (service \`events\`) and the command line
(\`llmspell events tail\`, \`llmspell run --events\`). Each comes from a hook point, which is tapped while somebody listens.
Nothing that went in or came out is told, and of an error its code alone. Written by \`npm run generate\` from the schemas
of [the plugin](../plugins/events/README.md); \`llmspell events types --json\` prints them.

Every event has \`id\`, \`event_type\`, \`data\`, \`timestamp\`, \`sequence\`, \`correlation_id\` (the run, unless its publisher
says another), \`language\`, and \`metadata\` with \`source\`, \`run_id\`, and \`offset\` where it is kept.

${table(['type', 'when', 'point', 'data'], rows)}
`
}

/** Path → text of the generated pages; none while a table they come from does not exist. */
export async function docFiles() {
  const sources = ['cli/src/codes.ts', 'cli/src/exit.ts', 'kernel/src/codes.ts']
  if (!sources.every((path) => existsSync(join(root, path)))) return new Map()
  return new Map([
    ['docs/errors.md', await errorsPage()],
    ['docs/hooks.md', await hooksPage()],
    ['docs/events.md', eventsPage()],
    ['docs/manifest.md', manifestPage()],
    ...(await scriptApiFiles()),
  ])
}
