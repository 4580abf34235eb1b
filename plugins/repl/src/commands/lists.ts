import { printable } from '@llmspell/sdk'
import type { ToolItem, Value } from '@llmspell/sdk'
import { languageOf } from '../engines.ts'
import type { Command } from './command.ts'
import { table } from './table.ts'

export const tools: Command = {
  name: 'tools',
  usage: '[WORD]',
  doc: 'Shows the tools, or those with a word in their name or text.',
  act({ session, words: [word = ''] }) {
    const items = session.house.extensions.list<ToolItem>('tools').map(({ item }) => item)
    const fitting = items.filter(({ name, description }) => has(`${name} ${description}`, word))
    if (items.length === 0)
      return 'No plugin with tools is installed. See them with: llmspell plugin list'
    if (fitting.length === 0) return `No tool has '${printable(word)}'. All of them: .tools`
    return table(
      fitting.map(({ name, description }) => [name, description]),
      session.columns,
    )
  },
}

export const hooks: Command = {
  name: 'hooks',
  usage: '[WORD]',
  doc: 'Shows the hook points; * are in use.',
  act({ session, words: [word = ''] }) {
    const all = session.house.hooks.list()
    const points = all.filter(({ name }) => has(name, word))
    if (points.length === 0) return `No hook point has '${printable(word)}'. All of them: .hooks`
    return table(
      points.map(({ name, used, doc }) => [`${used ? '*' : ' '} ${name}`, doc]),
      session.columns,
    )
  },
}

const MOST_KEYS = 200

const SAVE = {
  lua: 'State.save("global", "lamp", 3)',
  javascript: 'await State.save("global", "lamp", 3)',
} as const

export const state: Command = {
  name: 'state',
  usage: '[SCOPE [PREFIX]]',
  doc: 'Shows what State has in a scope; default: global.',
  examples: ['.state', '.state user:ada', '.state global lamp'],
  async act({ session, words: [scope = 'global', prefix = ''], signal }) {
    await using run = session.house.runtime.open(session.request)
    const keys = (await run.call('State', 'list_keys', [scope, prefix])) as readonly string[]
    const cells: (readonly [key: string, value: string])[] = []
    for (const key of keys.slice(0, MOST_KEYS)) {
      signal.throwIfAborted()
      const value = (await run.call('State', 'load', [scope, key])) as Value | undefined
      cells.push([printable(key, 60), session.redact(JSON.stringify(value) ?? '')])
    }
    const more = keys.length - cells.length
    const rest = more > 0 ? `\n… and ${more} more; a prefix narrows it: .state ${scope} PREFIX` : ''
    if (cells.length > 0) return `${table(cells, session.columns)}${rest}`
    if (prefix !== '')
      return `Scope '${printable(scope)}' has no key that begins with '${printable(prefix)}'.`
    const way = SAVE[languageOf(session)].replace('global', scope.replaceAll(/[^\w:./-]/g, ''))
    return `Scope '${printable(scope)}' is empty. Put something there: ${way}`
  },
}

const has = (text: string, word: string): boolean => text.toLowerCase().includes(word.toLowerCase())
