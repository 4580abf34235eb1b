import { didYouMean, SpellError } from '@llmspell/sdk'
import type { CallContext } from '@llmspell/sdk'
import type { Agent } from './agent.ts'

/** The agents of one run by name. */
export class AgentRegistry {
  readonly #agents = new Map<string, Agent>()
  #count = 0

  /** In the order in which they were made. */
  list(): readonly Agent[] {
    return [...this.#agents.values()]
  }

  find(name: string): Agent | undefined {
    return this.#agents.get(name)
  }

  /** @throws AGENT_NOT_FOUND with a suggestion */
  get(name: string): Agent {
    const found = this.#agents.get(name)
    if (found) return found
    const names = [...this.#agents.keys()]
    const others =
      names.length === 0 ? 'Make one with Agent.create.' : `There are: ${names.join(', ')}.`
    throw new SpellError('AGENT_NOT_FOUND', `Agent '${name}' was not made in this run.`, {
      hint: didYouMean(name, names, others),
    })
  }

  /** A name that no agent of this run has. */
  freeName(): string {
    for (;;) {
      const name = `agent-${++this.#count}`
      if (!this.#agents.has(name)) return name
    }
  }

  /** @throws AGENT_EXISTS */
  refuse(name: string): void {
    if (!this.#agents.has(name)) return
    throw new SpellError('AGENT_EXISTS', `Agent '${name}' was made in this run already.`, {
      hint: `Choose another name, or fetch it with Agent.get('${name}').`,
    })
  }

  /** @throws AGENT_EXISTS */
  add(agent: Agent): void {
    this.refuse(agent.name)
    this.#agents.set(agent.name, agent)
  }

  remove(agent: Agent): void {
    if (this.#agents.get(agent.name) === agent) this.#agents.delete(agent.name)
  }
}

/** The agents of the run that a call belongs to; what they still do ends with it. */
export function agentsOf(context: CallContext): AgentRegistry {
  return context.share('agents', () => {
    const value = new AgentRegistry()
    return { value, dispose: () => value.list().forEach((agent) => agent.close()) }
  })
}
