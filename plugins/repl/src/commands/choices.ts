import { Modules } from '../complete/modules.ts'
import { enginesOf, shortName } from '../engines.ts'
import type { Session } from '../session.ts'
import type { Command } from './command.ts'

export const engine: Command = {
  name: 'engine',
  usage: '[NAME]',
  doc: 'Shows or changes the engine; variables and agents are left behind.',
  examples: ['.engine javascript', '.engine js'],
  words: ({ session }) =>
    enginesOf(session.house.extensions).flatMap(({ name, item }) =>
      shortName(item.language) === item.language ? [name] : [name, shortName(item.language)],
    ),
  async act({ session, words: [name] }) {
    if (name === undefined) {
      const others = enginesOf(session.house.extensions).filter(
        (each) => each.name !== session.engine,
      )
      const way =
        others.length === 0 ? '' : ` Others: ${others.map((each) => each.name).join(', ')}.`
      return `${session.engine} (${session.language}).${way}`
    }
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
  words: ({ session }, _, last) => modelsFor(new Modules(session.house.extensions).models(), last),
  async act({ session, words: [name] }) {
    if (name !== undefined) {
      await using run = session.house.runtime.open(session.request)
      const found = (await run.call('Provider', 'resolve', [name])) as { readonly listed?: boolean }
      session.settings['model'] = name
      if (found.listed === false) return `${name}, which its provider does not list`
      return name
    }
    const { model: chosen } = session
    return `${chosen ?? (await defaultOf(session))}. Choose one: .model PROVIDER/MODEL (Tab shows them)`
  },
}

/** Providers first; behind a slash their models. */
function modelsFor(models: readonly string[], last: string): readonly string[] {
  if (last.includes('/')) return models
  const providers = [...new Set(models.map((id) => id.slice(0, id.indexOf('/') + 1)))]
  const fitting = providers.filter((provider) => provider.startsWith(last)).toSorted()
  return fitting.length === 1 ? models : fitting
}

/** What agents get that name none, as far as it can be known here. */
async function defaultOf(session: Session): Promise<string> {
  try {
    await using run = session.house.runtime.open(session.request)
    const found = (await run.call('Provider', 'resolve', [])) as { readonly id?: string }
    return found.id === undefined ? 'The default of the house' : `${found.id}, the default`
  } catch {
    return 'None: no provider is ready'
  }
}
