import type { RunRequest } from '@llmspell/sdk'

/** What makes a point fire in a run. */
export interface Driver {
  readonly lua: string
  /** Runs before the hook is registered. */
  readonly before?: string
  /** Code of what a cancelled operation fails with; default HOOK_CANCELLED. */
  readonly cancelled?: string
  readonly options?: Partial<RunRequest>
}

const TOOL = `Tool.execute('calculator', { expression = '6 * 7' })`
const AGENT = `agent:execute('Hello')`
const BEFORE_AGENT = `local agent = Agent.create{ model = 'mock/echo' }`
const tool: Driver = { lua: TOOL }
const agent: Driver = { lua: AGENT, before: BEFORE_AGENT }

/** One for every point whose payload names a run. */
export const DRIVERS: Readonly<Record<string, Driver>> = {
  'tool.guard': tool,
  'tool.input': tool,
  'tool.output': tool,
  'tool.done': tool,
  'agent.start': agent,
  'agent.step': agent,
  'agent.done': agent,
  'llm.route': agent,
  'llm.request': agent,
  'llm.chunk': { before: BEFORE_AGENT, lua: `for _ in agent:stream('Hello') do end` },
  'llm.response': agent,
  'llm.done': agent,
}
