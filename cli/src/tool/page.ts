import type { Schema } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { table, WIDTH, wrap } from '../print/table.ts'
import { luaExample } from './lua.ts'
import { parameters, typeText, type Parameter, type ToolEntry } from './schema.ts'

/** All that is known of a tool without running its plugin, for people. */
export function toolPage(entry: ToolEntry, schema: Schema, paint: Paint): string {
  const all = parameters(schema)
  const { description, category, effect } = entry.item
  const lines = [
    `${paint('bold', entry.name)}  ${paint('dim', `${category}, by plugin ${entry.plugin}`)}`,
    ...wrap(plain(description), WIDTH),
    '',
    parameterTable(all, paint),
    `${paint('bold', 'Effect')}       ${effect}`,
    `${paint('bold', 'Permissions')}  ${permissions(entry)}`,
    '',
    paint('bold', 'In a script'),
    `  ${plain(luaExample(entry, all))}`,
    '',
  ]
  return lines.join('\n')
}

function parameterTable(all: readonly Parameter[], paint: Paint): string {
  if (all.length === 0) return 'It takes no parameters.\n'
  const head = ['PARAMETER', 'TYPE', 'NEEDED', 'MEANING']
  return table(head, all.map(parameterRow), paint)
}

function parameterRow({ name, schema, required }: Parameter): readonly string[] {
  const otherwise = 'default' in schema ? JSON.stringify(schema['default']) : 'no'
  const { description: meaning = '' } = schema as { readonly description?: string }
  return [`--${name}`, typeText(schema), required ? 'yes' : otherwise, meaning]
}

function permissions({ item }: ToolEntry): string {
  const names = Object.entries(item.permissions ?? {}).filter(([, values]) => values.length > 0)
  const texts = names.map(([name]) => `${name} (grant it with --allow-${name})`)
  return texts.join(', ') || 'none'
}
