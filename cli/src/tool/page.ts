import { durationText, type Schema } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { table, WIDTH, wrap } from '../print/table.ts'
import { typesOf } from './convert.ts'
import { parameters, typeText, type Parameter, type ToolEntry } from './schema.ts'
import { samplesOf } from './script.ts'
import { flagOf } from './written.ts'

/** Width of the names of facts. */
const INDENT = 13
/** Characters of a type, or a default, in the table. */
const WIDEST = 20
/** As the tools set it where a tool says nothing. */
const DEFAULT_TIMEOUT = 30_000

/** All that is known of a tool without running its plugin, for people. */
export function toolPage(
  entry: ToolEntry,
  schema: Schema,
  flags: readonly string[],
  paint: Paint,
): string {
  const all = parameters(schema)
  const { shell, lua, js } = samplesOf(entry, all, flags)
  const { description, category } = entry.item
  const lines = [
    `${paint('bold', entry.name)}  ${paint('dim', `${category}, by plugin ${entry.plugin}`)}`,
    ...wrap(plain(description), WIDTH),
    '',
    parameterTable(all, flags, paint),
    ...clashes(all, flags),
    ...facts(entry).map(([name, text]) => fact(name, text, paint)),
    '',
    paint('bold', 'In a shell'),
    ...sample(shell, ' \\'),
    paint('bold', 'In Lua'),
    ...sample(lua),
    paint('bold', 'In JavaScript'),
    ...sample(js),
    '',
  ]
  return lines.join('\n')
}

/** Words of code, each string with what stands in it. */
const WORD = /(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\\.|\S)+/g

/** A line of code, broken between its words. */
function sample(code: string, end = ''): string[] {
  const lines: string[] = []
  for (const word of plain(code).match(WORD) ?? []) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < WIDTH - 6)
      lines.push(`${lines.pop()} ${word}`)
    else lines.push(word)
  }
  const ending = (i: number): string => (i < lines.length - 1 ? end : '')
  return lines.map((line, i) => `${i === 0 ? '  ' : '    '}${line}${ending(i)}`)
}

function clashes(all: readonly Parameter[], flags: readonly string[]): string[] {
  const names = all.filter(({ name }) => flags.includes(name))
  return names.map(
    (one) => `--${one.name} alone is a flag of the command: write ${flagOf(one, flags)} VALUE.\n`,
  )
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

function parameterTable(all: readonly Parameter[], flags: readonly string[], paint: Paint): string {
  if (all.length === 0) return 'It takes no parameters.\n'
  const head = ['PARAMETER', 'TYPE', 'NEEDED', 'MEANING']
  return table(
    head,
    all.map((one) => parameterRow(one, flagOf(one, flags))),
    paint,
  )
}

function parameterRow({ schema, required }: Parameter, flag: string): readonly string[] {
  const { description = '' } = schema as { readonly description?: string }
  const otherwise = 'default' in schema ? `= ${JSON.stringify(schema['default'])}` : 'no'
  const long = otherwise.length > WIDEST ? ` Default: ${otherwise.slice(2)}.` : ''
  const meaning = description + long
  const needed = required ? 'yes' : long === '' ? otherwise : 'no'
  const type = typeText(schema)
  if (type.length <= WIDEST) return [flag, type, needed, meaning]
  return [flag, shortType(schema), needed, `${meaning} Takes: ${type}.`.trimStart()]
}

/** Where a type takes more room than its meaning would have left. */
function shortType(schema: Schema): string {
  if (schema['enum']) return 'one of some'
  const names = typesOf(schema)
  return names.length > 2 ? 'one of some' : names.join(' or ').replace('string', 'text')
}

function permissions({ item }: ToolEntry): string {
  const names = Object.entries(item.permissions ?? {}).filter(([, values]) => values.length > 0)
  const texts = names.map(([name]) => `${name} (grant it with --allow-${name})`)
  return texts.join(', ') || 'none'
}
