import type { HandleRef, Run } from '@llmspell/sdk'
import type { AgentConfig } from '@llmspell/agents/types'
import type { CallOptions } from './calls.ts'
import type { House } from './house.ts'
import { Talk, type Conversation } from './talk.ts'

/** What an agent of this runtime has spent so far. */
export type AgentUsage = Readonly<Record<string, number>>

/** One agent, in a run of its own: grants and limits hold for all that it does until it is closed. */
export class HostAgent extends Talk implements AsyncDisposable {
  readonly name: string
  /** `provider/model` that is asked first. */
  readonly model: string
  readonly #run: Run

  constructor(run: Run, ref: HandleRef) {
    super(run, ref)
    this.#run = run
    this.name = ref.fields['name'] as string
    this.model = ref.fields['model'] as string
  }

  /** A conversation of that id, begun where there is none. */
  conversation(id?: string): Promise<Conversation> {
    return this.open(id)
  }

  usage(): Promise<AgentUsage> {
    return this.call('usage') as Promise<AgentUsage>
  }

  /** Ends what it is asked, and the agent. */
  async close(): Promise<void> {
    await this.#run.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** Makes an agent. @throws as `Agent.create` of scripts does */
export async function openAgent(
  house: House,
  config: AgentConfig,
  options: CallOptions,
): Promise<HostAgent> {
  const run = await house.open(options, 'agent')
  try {
    return new HostAgent(run, (await run.call('Agent', 'create', [config])) as HandleRef)
  } catch (error) {
    await run.close()
    throw error
  }
}
