import { isAbsolute, resolve } from 'node:path'
import { durationMs, expandSchema, toolOutput } from '@llmspell/sdk'
import type {
  CallContext,
  HandleRef,
  HostCallback,
  PermissionSet,
  Schema,
  Tool,
  ToolCall,
  ToolChunk,
  ToolItem,
  Value,
} from '@llmspell/sdk'
import type { ToolParts } from './known-tool.ts'

/** What a script gives to `Tool.define`, checked against the module's schema. */
export interface Definition {
  readonly name: string
  readonly description: string
  readonly parameters?: object
  readonly result?: object
  readonly category?: string
  readonly tags?: readonly string[]
  readonly timeout?: number | string
  readonly permissions?: PermissionSet
  readonly execute: HostCallback
}

/**
 * A function of a script as a tool of its run.
 * @throws SCHEMA_INVALID
 */
export function scriptTool(definition: Definition, context: CallContext): ToolParts {
  const input = expandSchema(definition.parameters ?? {}, 'parameters')
  const output = definition.result && expandSchema(definition.result, 'result')
  return {
    item: itemOf(definition, input, output),
    source: 'script',
    version: '0.0.0',
    input,
    output,
    load: () => Promise.resolve(toolOf(definition, context)),
  }
}

function itemOf(definition: Definition, input: Schema, output: Schema | undefined): ToolItem {
  const {
    name,
    description,
    category = 'script',
    tags = [],
    permissions = {},
    timeout,
  } = definition
  const timeoutMs = timeout === undefined ? undefined : durationMs(timeout)
  const limit = timeoutMs === undefined ? {} : { timeoutMs }
  return {
    name,
    description,
    category,
    tags,
    input,
    permissions,
    effect: 'unsafe',
    streams: true,
    ...(output ? { output } : {}),
    ...limit,
  }
}

function toolOf({ execute, permissions = {} }: Definition, context: CallContext): Tool<Value> {
  return {
    async execute(params, call) {
      await requireAll(permissions, call)
      // Of the call itself where it is known: in a durable run its ids come from its place.
      const own = (call.run as CallContext | undefined) ?? context
      const given = await execute(params, callHandle(call, own) as unknown as Value)
      return toolOutput(given)
    },
  }
}

/** Patterns cannot be asked for before it is known what they will be used for. */
async function requireAll(permissions: PermissionSet, call: ToolCall): Promise<void> {
  for (const [permission, targets] of Object.entries(permissions)) {
    for (const target of targets) {
      if (!target.includes('*'))
        await call.require(permission, targetOf(permission, target, call.root))
    }
  }
}

function targetOf(permission: string, target: string, root: string): string {
  if (permission !== 'read' && permission !== 'write') return target
  return isAbsolute(target) ? target : resolve(root, target)
}

function callHandle(call: ToolCall, context: CallContext): HandleRef {
  return context.handle('ToolCall', new OpenCall(call), { name: call.tool, caller: call.caller })
}

/** What a script's tool holds while it runs. */
export class OpenCall {
  readonly #call: ToolCall

  constructor(call: ToolCall) {
    this.#call = call
  }

  get cancelled(): boolean {
    return this.#call.signal.aborted
  }

  progress(done: number, total?: number, text?: string): void {
    this.#call.progress(done, total, text)
  }

  async emit(chunk: string | ToolChunk): Promise<void> {
    await this.#call.emit(typeof chunk === 'string' ? { type: 'text', text: chunk } : chunk)
  }
}
