import { SpellError } from '@llmspell/sdk'
import type { Actor } from '@llmspell/sdk'

/** AGENT_TOO_DEEP for a chain of agents, the outermost first. */
export function tooDeep(agent: string, max: number, found: number): SpellError {
  return new SpellError(
    'AGENT_TOO_DEEP',
    `Agent '${agent}' calls agents too deeply: expected at most ${max} levels, found ${found}.`,
    {
      hint: "Take agents out of the tools, or raise 'max_depth'.",
      details: { agent, max_depth: max, depth: found },
    },
  )
}

/**
 * Checks an agent that is about to run below others: none of them may have more levels below it than it allows.
 * @param maxDepth the `max_depth` of an agent of this run
 * @throws AGENT_TOO_DEEP
 */
export function checkDepth(
  agent: string,
  actors: readonly Actor[],
  maxDepth: (agent: string) => number,
): void {
  const chain = [...actors.filter(({ kind }) => kind === 'agent').map(({ name }) => name), agent]
  chain.forEach((name, i) => {
    const levels = chain.length - i
    if (levels > maxDepth(name)) throw tooDeep(name, maxDepth(name), levels)
  })
}
