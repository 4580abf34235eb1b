import type { Access, GrantChain, Permissions, ToolCall, ToolChunk, Value } from '@llmspell/sdk'
import { callerOf } from './caller.ts'
import type { Request } from './executor.ts'
import type { KnownTool } from './known-tool.ts'

/** What a tool knows about one call, and the few things it can do in it. */
export function prepareCall(
  tool: KnownTool,
  { context, emit }: Request,
  signal: AbortSignal,
  permissions: Permissions,
): ToolCall {
  const { root } = context
  const subject = `Tool '${tool.name}'`
  const grants = grantsOf(tool, context.grants)
  const access: Access = { subject, grants, root, signal, run: context }
  return {
    ...access,
    tool: tool.name,
    caller: callerOf(context),
    signal,
    streamed: emit !== undefined,
    require: (permission, target, facts) =>
      permissions.require({ permission, target, ...(facts ? { facts } : {}) }, access),
    progress(done, total, text) {
      const facts = { done, ...(total === undefined ? {} : { total }) }
      context.progress({ who: `tool '${tool.name}'`, state: 'active', ...facts, ...textOf(text) })
      void emit?.({ type: 'progress', text: text ?? '', ...facts })
    },
    emit: (chunk) => {
      signal.throwIfAborted()
      return emit?.(withText(chunk))
    },
  }
}

/** A tool of a plugin holds what its manifest says. A script's tool acts as the script, through its own calls. */
function grantsOf({ parts }: KnownTool, grants: GrantChain): GrantChain {
  if (parts.source === 'script') return grants
  return [...grants, { holder: `plugin ${parts.source}`, allow: parts.item.permissions ?? {} }]
}

function textOf(text: string | undefined): { text?: string } {
  return text === undefined ? {} : { text }
}

function withText(chunk: ToolChunk): ToolChunk & { readonly [key: string]: Value | undefined } {
  return { ...chunk, text: chunk.text ?? '' }
}
