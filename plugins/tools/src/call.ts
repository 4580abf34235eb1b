import type {
  Access,
  Awaitable,
  CallContext,
  GrantChain,
  Permissions,
  ToolCall,
  ToolChunk,
  Value,
} from '@llmspell/sdk'
import type { Course } from './attempts.ts'
import { callerOf } from './caller.ts'
import type { Request } from './executor.ts'
import type { KnownTool } from './known-tool.ts'
import { outside } from './limit.ts'

export interface Call {
  readonly tool: KnownTool
  readonly request: Request
  readonly course: Course
  readonly signal: AbortSignal
  readonly permissions: Permissions
  /** Labels the run as one that has seen text from outside. */
  readonly mark: () => void
}

/** What a tool knows about one call, and the few things it can do in it. */
export function prepareCall(parts: Call): ToolCall {
  const { tool, request, signal, permissions } = parts
  const { context, emit } = request
  const access = accessOf(tool, request, signal)
  return {
    ...access,
    tool: tool.name,
    caller: callerOf(context),
    signal,
    ...keyOf(request),
    streamed: emit !== undefined,
    ...(context.tools ? { tools: context.tools } : {}),
    require: (permission, target, facts) =>
      permissions.require({ permission, target, ...(facts ? { facts } : {}) }, access),
    progress(done, total, text) {
      const facts = { done, ...(total === undefined ? {} : { total }) }
      context.progress({ who: `tool '${tool.name}'`, state: 'active', ...facts, ...textOf(text) })
      void emit?.({ type: 'progress', text: text ?? '', ...facts })
    },
    emit: (chunk) => emitted(parts, chunk),
  }
}

function keyOf({ idempotencyKey, durable = false }: Request) {
  return { ...(idempotencyKey === undefined ? {} : { idempotencyKey }), durable }
}

/** On whose behalf a tool acts in a call. */
export function accessOf(
  tool: KnownTool,
  { context }: Pick<Request, 'context'>,
  signal: AbortSignal,
): Access {
  const grants = grantsOf(tool, context.grants)
  const run = patient(context, signal)
  return { subject: `Tool '${tool.name}'`, grants, root: context.root, signal, run }
}

/** While a person is asked, the time of the tool stands still. */
function patient(context: CallContext, signal: AbortSignal): CallContext {
  const { ask } = context
  return ask ? { ...context, ask: (question) => outside(signal, () => ask(question)) } : context
}

function emitted({ tool, request, course, signal, mark }: Call, chunk: ToolChunk): Awaitable<void> {
  signal.throwIfAborted()
  if (!request.emit) return
  if (tool.parts.item.untrusted && !course.emitted) mark()
  course.emitted = true
  return request.emit(withText(chunk))
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
