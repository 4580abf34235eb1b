// docs/manifest.md: the fields of a manifest from the kernel's schema, the items of each point from its owner's.
import { join } from 'node:path'
import { packages, readJson, root } from './packages.mjs'

const SCHEMA = 'kernel/schemas/manifest.schema.json'

function table(heads, rows) {
  const line = (cells) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

const code = (text) => `\`${text}\``

/** A type in a few words. */
function typeOf(schema, defs) {
  if (schema.$ref) return typeOf(defs[schema.$ref.split('/').at(-1)], defs)
  if ('const' in schema) return code(JSON.stringify(schema.const))
  if (schema.enum) return schema.enum.map((one) => code(one)).join(', ')
  const any = schema.anyOf ?? schema.oneOf
  if (any) return [...new Set(any.map((one) => typeOf(one, defs)))].join(' or ')
  if (schema.pattern === '^\\./') return '`./path`'
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {}, defs)}`
  const values = schema.additionalProperties
  if (schema.type === 'object' && typeof values === 'object')
    return `table of ${typeOf(values, defs)}`
  return schema.type ?? 'anything'
}

function about(schema) {
  const limits = [
    schema.default === undefined ? '' : `Default ${code(JSON.stringify(schema.default))}.`,
    schema.pattern && schema.pattern !== '^\\./' ? `Fits ${code(schema.pattern)}.` : '',
  ]
  return [schema.description ?? '', ...limits].filter(Boolean).join(' ')
}

/** Rows of the properties of an object: name, type, whether it must be there, what it means. */
function rowsOf({ properties = {}, required = [] }, defs = {}) {
  return Object.entries(properties).map(([name, schema]) => [
    code(name),
    typeOf(schema, defs),
    required.includes(name) ? 'yes' : '',
    about(schema),
  ])
}

const fields = (schema, defs) => table(['field', 'type', 'needed', 'meaning'], rowsOf(schema, defs))

/** The program is a plugin without a package.json of its own kind. */
const COMMANDS = {
  name: 'commands',
  owner: 'cli',
  schema: readJson(join(root, 'cli/schemas/command-item.json')),
}

function points() {
  const found = packages().flatMap(({ dir, manifest }) => {
    const owned = manifest.llmspell?.contributes?.points ?? {}
    return Object.entries(owned).map(([name, given]) => {
      const schema = typeof given === 'string' ? readJson(join(dir, given)) : given
      return { name, owner: manifest.llmspell.id, schema }
    })
  })
  return [...found, COMMANDS]
}

function pointSection({ name, owner, schema }) {
  return `### ${code(name)}, of ${code(owner)}

${schema.description ?? ''}

${fields(schema, schema.$defs ?? {})}`
}

function kernelSection(name, schema, defs) {
  const item = schema.items?.$ref ? defs[schema.items.$ref.split('/').at(-1)] : schema.items
  const rows = item?.properties ? `\n\n${fields(item, defs)}` : ''
  return `### ${code(name)}\n\n${schema.description}${rows}`
}

function example() {
  const { llmspell } = readJson(join(root, EXAMPLE))
  return JSON.stringify({ llmspell }, undefined, 2)
}

const EXAMPLE = 'plugins/tool-uuid/package.json'

/** The text of docs/manifest.md. */
export function manifestPage() {
  const schema = readJson(join(root, SCHEMA))
  const defs = schema.$defs
  const own = Object.entries(schema.properties.contributes.properties)
  return `# The manifest

What the kernel knows of a plugin before it runs any of its code: the key \`llmspell\` of its package.json, pure data. It is
read when the kernel starts; lists, help, completion and the tools that a model is shown come from it alone. Code that uses
a name which is not in it fails (\`SERVICE_UNDECLARED\`, \`CONTRIBUTION_UNDECLARED\`, \`HOOK_UNDECLARED\`), and a name that is in it
and that \`setup\` does not register is reported: the two cannot drift. Written by \`npm run generate\` from the schemas of the
kernel and of the plugins that own a point.

Beside it the package.json says which contract the plugin was written for, within one major (below 1.0.0: one minor):

\`\`\`json
{ "engines": { "llmspell": "^${readJson(join(root, 'sdk/package.json')).version}" } }
\`\`\`

## Fields

An unknown field is an error with a suggestion. All problems of all plugins are told at once, by
\`llmspell plugin doctor\` with their paths.

${fields(schema, defs)}

## What the kernel itself reads in \`contributes\`

${own.map(([name, one]) => kernelSection(name, one, defs)).join('\n\n')}

## Points

Every other key of \`contributes\` is an extension point: a list of items, each with a \`name\` that \`ctx.contribute\` gives a value
to. A point that no installed plugin owns is kept and reported. One name at one point belongs to one plugin; the user's
config chooses where two have it: \`prefer = { "tools/web-search" = "tool-web" }\`.

${points().map(pointSection).join('\n\n')}

## An example

The whole manifest of [\`tool-uuid\`](../${EXAMPLE}):

\`\`\`json
${example()}
\`\`\`
`
}
