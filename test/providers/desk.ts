import type { Value } from '@llmspell/sdk'
import { Folder } from '../cli/support.ts'
import { openHouse } from '../support/kernel.ts'
import type { House } from '../support/kernel.ts'

/** What an agent with two tools of this repository needs. */
const PLUGINS = [
  'permissions',
  'secrets',
  'files',
  'http',
  'media',
  'artifacts',
  'budgets',
  'models',
  'language-models',
  'provider-anthropic',
  'provider-google',
  'tools',
  'tool-calculator',
  'tool-file-read',
  'agents',
  'engine-lua',
  'script-runtime',
]
const FILES = { 'team.txt': 'Ada and Bob\n' }

/** A kernel with an agent whose model is behind a loopback server. */
export class Desk {
  readonly #house: House
  readonly #folder = new Folder(FILES)

  private constructor(house: House) {
    this.#house = house
  }

  /** @param providers section `plugins.models.providers` */
  static async open(providers: Readonly<Record<string, Value>>): Promise<Desk> {
    return new Desk(await openHouse(PLUGINS, [], { plugins: { models: { providers } } }))
  }

  /** What the agent of a Lua script says, word by word. */
  async ask(model: string, settings: string): Promise<string> {
    const source = `
      local agent = Agent.create{
        name = "clerk", system_prompt = "Be brief.", model = "${model}", settings = ${settings},
        tools = { "calculator", "file-read" }, budget = { max_steps = 3 },
      }
      for chunk in agent:stream("What is 17% of 3480, and who is in 'team.txt'?") do
        if chunk.type == "text" then write(chunk.text) end
      end`
    const allow = { read: ['team.txt'] }
    const { output } = await this.#house.lua(source, { root: this.#folder.path, allow })
    return output
  }

  async close(): Promise<void> {
    this.#folder[Symbol.dispose]()
    await this.#house.kernel.stop()
  }
}
