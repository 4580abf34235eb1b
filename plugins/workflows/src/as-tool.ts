import { SpellError, expandSchema } from '@llmspell/sdk'
import type { CallContext, HandleRef, Schema, Tool, ToolItem, Value } from '@llmspell/sdk'
import type { House } from './house.ts'
import type { WorkflowResult } from './types.ts'
import type { Workflow } from './workflow.ts'

/** How a workflow appears as a tool. */
export interface AsToolOptions {
  readonly name?: string
  readonly description?: string
  readonly parameters?: { readonly [key: string]: Value | undefined }
}

// A workflow has limits of its own; the clock of the tool is only there for one that hangs.
const TIMEOUT_MS = 3_600_000

const INPUT: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: { input: { description: 'What the workflow works on.' } },
}

function itemOf(
  { name, definition }: Workflow,
  options: AsToolOptions,
): ToolItem & { readonly source: string } {
  return {
    name: options.name ?? name.replaceAll(/[^a-zA-Z0-9_-]+/g, '-').slice(0, 64),
    description: options.description ?? definition.description ?? `Runs the workflow '${name}'.`,
    category: 'workflow',
    source: 'script',
    input: options.parameters ? expandSchema(options.parameters) : INPUT,
    permissions: {},
    effect: 'unsafe',
    timeoutMs: TIMEOUT_MS,
  }
}

/** Registers a workflow as a tool of its run. @throws TOOL_EXISTS, SCHEMA_INVALID, NOT_AVAILABLE */
export async function asTool(
  workflow: Workflow,
  options: AsToolOptions,
  { tools, schemas }: House,
  context: CallContext,
): Promise<HandleRef> {
  if (!tools) throw new SpellError('NOT_AVAILABLE', "No installed plugin provides 'tools'.")
  const item = itemOf(workflow, options)
  const tool: Tool<Value> = {
    validate: await schemas.compile(item.input as Schema),
    async execute(params, { signal }) {
      const input = options.parameters ? params : (params as { readonly input?: Value }).input
      const more = { handle: workflow.ref, signal }
      const args = input === undefined ? [] : [input]
      const answer = await context.call('Workflow', 'Workflow.execute', args, more)
      const { result, text, metadata } = answer as WorkflowResult
      return { result, text, ...(metadata.untrusted ? { untrusted: true } : {}) }
    },
  }
  tools.register(item, tool, context)
  return (await context.call('Tool', 'get', [item.name])) as HandleRef
}
