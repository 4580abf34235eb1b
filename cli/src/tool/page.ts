import { durationText, type Schema } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { table, WIDTH, wrap } from '../print/table.ts'
import { luaExample } from './lua.ts'
import { parameters, typeText, type Parameter, type ToolEntry } from './schema.ts'

/** Width of the names of facts. */
const INDENT = 13
/** Characters of a type, or a default, in the table. */
const WIDEST = 20
/** As the tools set it where a tool says nothing. */
const DEFAULT_TIMEOUT = 30_000

/** All that is known of a tool without running its plugin, for people. */
export function toolPage(entry: ToolEntry, schema: Schema, paint: Paint): string {
  const all = parameters(schema)
  const { description, category } = entry.item
  const lines = [
    `${paint('bold', entry.name)}  ${paint('dim', `${category}, by plugin ${entry.plugin}`)}`,
    ...wrap(plain(description), WIDTH),
    '',
    parameterTable(all, paint),
    ...facts(entry).map(([name, text]) => fact(name, text, paint)),
    '',
    paint('bold', 'In a script'),
    `  ${plain(luaExample(entry, all))}`,
    '',
  ]
  return lines.join('\n')
}

const EFFECTS = {
  pure: 'pure: changes nothing',
  idempotent: 'idempotent: the same again changes nothing more',
  unsafe: 'unsafe: may not be repeated without a look at what was done',
} as const

function facts(entry: ToolEntry): readonly (readonly [string, string])[] {
  const { effect, tags = [], streams, untrusted, timeoutMs = DEFAULT_TIMEOUT } = entry.item
  return [
    ['Effect', EFFECTS[effect]],
    ['Permissions', permissions(entry)],
    ['Time limit', durationText(timeoutMs)],
    ...(tags.length > 0 ? [['Tags', tags.join(', ')] as const] : []),
    ...(streams ? [['Streams', 'yes: Tool.stream, or --stream'] as const] : []),
    ...(untrusted ? [['Untrusted', 'its results have text from outside'] as const] : []),
  ]
}

/** A name and its text, wrapped beside it. */
function fact(name: string, text: string, paint: Paint): string {
  const [first = '', ...more] = wrap(plain(text), WIDTH - INDENT)
  const head = paint('bold', name) + ' '.repeat(INDENT - name.length)
  return [head + first, ...more.map((line) => ' '.repeat(INDENT) + line)].join('\n')
}

function parameterTable(all: readonly Parameter[], paint: Paint): string {
  if (all.length === 0) return 'It takes no parameters.\n'
  const head = ['PARAMETER', 'TYPE', 'NEEDED', 'MEANING']
  return table(head, all.map(parameterRow), paint)
}

function parameterRow({ name, schema, required }: Parameter): readonly string[] {
  const otherwise = 'default' in schema ? JSON.stringify(schema['default']) : 'no'
  const { description: meaning = '' } = schema as { readonly description?: string }
  const needed = required ? 'yes' : otherwise.length > WIDEST ? 'default' : otherwise
  const type = typeText(schema)
  if (type.length <= WIDEST) return [`--${name}`, type, needed, meaning]
  return [`--${name}`, shortType(schema), needed, `${meaning} Takes: ${type}.`.trimStart()]
}

/** Where a type takes more room than its meaning would have left. */
function shortType(schema: Schema): string {
  if (schema['enum']) return 'one of some'
  const names = [schema['type'] ?? 'any'].flat().map(String)
  return names.length > 2 ? 'one of some' : names.join(' or ').replace('string', 'text')
}

function permissions({ item }: ToolEntry): string {
  const names = Object.entries(item.permissions ?? {}).filter(([, values]) => values.length > 0)
  const texts = names.map(([name]) => `${name} (grant it with --allow-${name})`)
  return texts.join(', ') || 'none'
}
