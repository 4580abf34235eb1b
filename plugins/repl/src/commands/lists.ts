import { printable } from '@llmspell/sdk'
import type { ToolItem, Value } from '@llmspell/sdk'
import type { Command } from './command.ts'

const WIDTH = 80

export const tools: Command = {
  name: 'tools',
  usage: '[WORD]',
  doc: 'Shows the tools, or those with a word in their name or text.',
  act({ session, words: [word = ''] }) {
    const items = session.house.extensions.list<ToolItem>('tools').map(({ item }) => item)
    const fitting = items.filter(({ name, description }) => `${name} ${description}`.includes(word))
    return rows(
      fitting.map(({ name, description }) => [name, description]),
      'No tool has that word.',
    )
  },
}

export const hooks: Command = {
  name: 'hooks',
  usage: '[WORD]',
  doc: 'Shows the hook points; * are in use.',
  act({ session, words: [word = ''] }) {
    const points = session.house.hooks.list().filter(({ name }) => name.includes(word))
    return rows(
      points.map(({ name, used, doc }) => [`${used ? '*' : ' '} ${name}`, doc]),
      'No hook point has that word.',
    )
  },
}

export const state: Command = {
  name: 'state',
  usage: '[SCOPE]',
  doc: 'Shows what State has in a scope; default: global.',
  examples: ['.state', '.state user:ada'],
  async act({ session, words: [scope = 'global'] }) {
    await using run = session.house.runtime.open(session.request)
    const all = (await run.call('State', 'all', [scope])) as Readonly<Record<string, Value>>
    const cells = Object.entries(all ?? {}).map(
      ([key, value]) => [printable(key, 60), session.redact(JSON.stringify(value) ?? '')] as const,
    )
    return rows(cells, `Scope '${printable(scope)}' is empty.`)
  },
}

function rows(cells: readonly (readonly [string, string])[], otherwise: string): string {
  const width = Math.max(0, ...cells.map(([name]) => name.length)) + 2
  const lines = cells.map(([name, text]) => `${name.padEnd(width)}${cut(text, WIDTH - width)}`)
  return lines.length === 0 ? otherwise : lines.join('\n')
}

function cut(text: string, width: number): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > width ? `${line.slice(0, width - 1)}…` : line
}
