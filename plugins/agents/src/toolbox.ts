import { didYouMean, globMatcher, isRef, printable, SpellError } from '@llmspell/sdk'
import type { CallContext, ToolDescription, ToolRegistry, ToolResult } from '@llmspell/sdk'
import type { Agent } from './agent.ts'
import { AGENTS, agentTool } from './agent-tool.ts'
import type { BoundTool } from './bound-tool.ts'
import type { ToolEntry } from './config.ts'
import { withSignatures } from './signatures.ts'

/** The tools of one agent by the names that its model uses. */
export type Toolbox = ReadonlyMap<string, BoundTool>

/** Looks tools up for one agent. @throws TOOL_NOT_FOUND with a suggestion; AGENT_TOOL_CONFLICT */
export function bindTools(
  agent: string,
  entries: readonly ToolEntry[],
  registry: ToolRegistry,
  context: CallContext,
): Toolbox {
  const sources = new Map<string, unknown>()
  const box = new Map<string, BoundTool>()
  const add = (source: unknown, tool: BoundTool): void => {
    const { name } = tool.model
    if (box.has(name) && sources.get(name) !== source) throw conflict(agent, name)
    sources.set(name, source)
    box.set(name, tool)
  }
  for (const entry of entries) {
    if (isRef(entry, 'handle') && entry.type === 'Agent') {
      add(entry.id, agentTool(context.resolve(entry) as Agent, context))
    } else {
      for (const tool of described(nameOf(entry, context), registry, context))
        add('registry', registryTool(tool))
    }
  }
  return withSignatures(box)
}

function registryTool({
  name,
  description,
  category,
  input,
  effect,
  permissions,
  untrusted = false,
  output,
  usesTools,
}: ToolDescription): BoundTool {
  return {
    model: { name, description, input },
    effect,
    permissions,
    depth: 0,
    untrusted,
    ...(category === AGENTS ? { asksModel: true } : {}),
    ...(output ? { output } : {}),
    ...(usesTools ? { usesTools } : {}),
    invoke: async (ask, params, options = {}, more = {}) =>
      (await ask.tool('Tool', 'execute', [name, params, options], more)) as ToolResult,
  }
}

/** The object behind a tool's handle carries its name; what the script says about it does not count. */
const nameOf = (entry: ToolEntry, context: CallContext): string =>
  typeof entry === 'string' ? entry : (context.resolve(entry) as { readonly name: string }).name

function described(
  name: string,
  registry: ToolRegistry,
  context: CallContext,
): readonly ToolDescription[] {
  if (!name.includes('*')) return [registry.describe(name, context)]
  const fits = globMatcher(name)
  const all = registry.list(undefined, context)
  const found = all.filter((tool) => fits(tool.name) || fits(`${tool.source}:${tool.name}`))
  if (found.length > 0) return found
  throw new SpellError('TOOL_NOT_FOUND', `No tool matches '${name}': expected at least one.`, {
    hint: 'List the tools with: llmspell tool list',
    details: { pattern: name },
  })
}

function conflict(agent: string, name: string): SpellError {
  return new SpellError(
    'AGENT_TOOL_CONFLICT',
    `Agent '${agent}' would have two tools named '${name}'.`,
    {
      hint: 'Rename one of them, or leave it out.',
      details: { tool: name },
    },
  )
}

/** TOOL_NOT_FOUND for a name that is not among an agent's tools. */
export function notGranted(agent: string, name: string, box: Toolbox): SpellError {
  const names = [...box.keys()]
  const others = names.length === 0 ? 'It has no tools.' : `It has: ${names.join(', ')}.`
  return new SpellError(
    'TOOL_NOT_FOUND',
    `'${printable(name, 80)}' is not one of the tools of agent '${agent}'.`,
    {
      hint: didYouMean(name, names, others),
      details: { tool: printable(name, 80), tools: names },
    },
  )
}

const CHOICES = new Set(['auto', 'required', 'none'])

/** @throws TOOL_NOT_FOUND for the name of a tool that the agent does not have; INPUT_INVALID for `required` without tools */
export function checkToolChoice(agent: string, choice: string | undefined, box: Toolbox): void {
  if (choice === undefined || box.has(choice)) return
  if (!CHOICES.has(choice)) throw notGranted(agent, choice, box)
  if (choice !== 'required' || box.size > 0) return
  throw new SpellError('INPUT_INVALID', `Agent '${agent}' must call a tool, but has none.`, {
    hint: "Give it tools, or leave 'tool_choice' out.",
  })
}
