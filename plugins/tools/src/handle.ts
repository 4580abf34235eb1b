import type { CallContext, HandleRef, Schema, Value } from '@llmspell/sdk'
import { describeTool } from './describe.ts'
import type { KnownTool } from './known-tool.ts'

/** The object behind a handle: a name, so that a tool that was removed is found to be gone. */
export interface ToolHandle {
  readonly name: string
}

/** A tool as a script holds it. */
export function handleOf(tool: KnownTool, context: CallContext): HandleRef {
  const { name, description, category, version, source, input } = describeTool(tool)
  const handle: ToolHandle = { name }
  return context.handle('Tool', handle, {
    name,
    description,
    category,
    version,
    source,
    parameters: input as Value,
    schema: { name, description, parameters: parameterList(input) },
  })
}

/** The parameters one by one, for scripts that show them. */
function parameterList({ properties = {}, required = [] }: Schema): Value {
  return Object.entries(properties as Record<string, Schema>).map(([name, schema]) => ({
    name,
    type: typeText(schema),
    ...(typeof schema['description'] === 'string' ? { description: schema['description'] } : {}),
    required: (required as readonly string[]).includes(name) && !('default' in schema),
    ...('default' in schema ? { default: schema['default'] as Value } : {}),
  }))
}

function typeText({ type = 'any' }: Schema): string {
  return [type].flat().join(' or ')
}
