import { checkValue, REF, SpellError, toolOutput } from '@llmspell/sdk'
import type {
  Awaitable,
  CallContext,
  HandleRef,
  HostCall,
  PermissionSet,
  Tool,
  ToolCall,
  ToolChunk,
  Value,
} from '@llmspell/sdk'
import type { Script } from './script.ts'

let calls = 0

/** A tool whose function is in a script plugin. */
export function scriptTool(script: Script, name: string, permissions?: PermissionSet): Tool<Value> {
  return {
    async execute(params, call) {
      const context = contextOf(call)
      const id = `toolcall_${++calls}`
      const handle = handleOf(id, call)
      const given = await script.call('tools', name, [params, handle as unknown as Value], {
        caller: context,
        grants: script.layers(permissions),
        signal: call.signal,
        own: new Map([[id, (method, args) => act(call, method, args)]]),
        write: (text) => context.log({ level: 'info', message: text.trimEnd() }),
        log: (level, message) => script.log(level, message),
      })
      return toolOutput(given)
    },
  }
}

/** The run that a tool is called in. */
function contextOf({ run, tool }: ToolCall): CallContext {
  if (run && 'call' in run) return run as CallContext
  throw new SpellError(
    'NOT_AVAILABLE',
    `Tool '${tool}' is of a script plugin: it can only be called in a run.`,
  )
}

function handleOf(id: string, { tool, caller }: ToolCall): HandleRef {
  return { [REF]: 'handle', type: 'ToolCall', id, fields: { name: tool, caller } }
}

/** The methods of the second argument of a tool's function. */
function act(call: ToolCall, method: string, args: HostCall['args']): Awaitable<Value | void> {
  if (method === 'cancelled') return call.signal.aborted
  if (method === 'emit') return call.emit(chunkOf(args[0]))
  if (method === 'progress') return progress(call, args)
  throw new SpellError('FUNCTION_UNKNOWN', `A call of a tool has no method '${method}'.`)
}

function progress(call: ToolCall, [done, total, text]: HostCall['args']): void {
  const isNumber = (value: unknown): value is number => typeof value === 'number'
  if (!isNumber(done)) throw wrong('progress', 'a number')
  call.progress(
    done,
    isNumber(total) ? total : undefined,
    typeof text === 'string' ? text : undefined,
  )
}

function chunkOf(value: Value | undefined): ToolChunk {
  if (typeof value === 'string') return { type: 'text', text: value }
  const type = (value as { readonly type?: unknown } | null | undefined)?.type
  if (type !== 'text' && type !== 'data' && type !== 'media') {
    throw wrong('emit', "text, or a table whose type is 'text', 'data' or 'media'")
  }
  return checkValue(value, { path: 'chunk', refs: false }) as unknown as ToolChunk
}

function wrong(method: string, expected: string): SpellError {
  return new SpellError('INPUT_INVALID', `call:${method} expected ${expected}.`)
}
