import { Modules } from '../complete/modules.ts'
import { enginesOf } from '../engines.ts'
import type { Command } from './command.ts'

export const engine: Command = {
  name: 'engine',
  usage: '[NAME]',
  doc: 'Shows or changes the engine; variables and agents are left behind.',
  examples: ['.engine javascript'],
  words: ({ session }) => enginesOf(session.house.extensions).map(({ name }) => name),
  async act({ session, words: [name] }) {
    if (name === undefined) return `${session.engine} (${session.language})`
    const { length } = session.entries
    await session.change(name)
    const left =
      length === 0 ? '' : ' Variables and agents of before are gone; what State has is there.'
    return `${session.engine} (${session.language}).${left}`
  },
}

export const model: Command = {
  name: 'model',
  usage: '[PROVIDER/MODEL]',
  doc: 'Shows or chooses the model of agents that name none and are made from here on.',
  examples: ['.model openai/gpt-4o-mini'],
  words: ({ session }) => new Modules(session.house.extensions).models(),
  async act({ session, words: [name] }) {
    if (name !== undefined) {
      await using run = session.house.runtime.open(session.request)
      const found = (await run.call('Provider', 'resolve', [name])) as { readonly listed?: boolean }
      session.settings['model'] = name
      if (found.listed === false) return `${name}, which its provider does not list`
    }
    return `${(session.settings['model'] as string | undefined) ?? 'the default of the house'}`
  },
}
