import { durationMs, isRef } from '@llmspell/sdk'
import type {
  CallContext,
  HandleRef,
  HostCallback,
  ScriptCall,
  ScriptModuleHandlers,
  ToolChunk,
  ToolFilter,
  Value,
} from '@llmspell/sdk'
import { lenient } from './bare.ts'
import type { Catalog } from './catalog.ts'
import type { Executor, Request } from './executor.ts'
import { validators } from './generated/tool.module.validate.js'
import { handleOf } from './handle.ts'
import type { ToolHandle } from './handle.ts'
import { scriptTool } from './script-tool.ts'
import type { Definition, OpenCall } from './script-tool.ts'
import type { Search } from './search.ts'
import { toolChunks } from './stream.ts'

interface Options {
  readonly timeout?: number | string
  readonly retry?: {
    readonly max_attempts: number
    readonly delay: number | string
    readonly backoff: number
  }
  readonly on_error?: 'raise' | 'return'
  readonly on_chunk?: HostCallback
}

type Params = Value | undefined
type Call<Args extends readonly unknown[]> = ScriptCall<Args>
type Named = Call<[name: string]>
type Filtered = Call<[filter?: ToolFilter]>

/** The script module `Tool`. */
export function toolModule(
  catalog: Catalog,
  executor: Executor,
  search: Search,
): ScriptModuleHandlers {
  const execute = (
    name: string,
    params: Params,
    options: Options | undefined,
    context: CallContext,
  ) => executor.execute(requestOf(name, params, options, context))
  const stream = (
    name: string,
    params: Params,
    options: Options | undefined,
    context: CallContext,
  ) => context.stream(toolChunks(executor, requestOf(name, params, options, context)))
  return {
    validators: {
      ...validators,
      execute: lenient(validators['execute']!),
      stream: lenient(validators['stream']!),
    },
    functions: {
      execute: ({ args: [name, params, options], context }: Call<[string, Params, Options?]>) =>
        execute(name, params, options, context),
      stream: ({ args: [name, params, options], context }: Call<[string, Params, Options?]>) =>
        stream(name, params, options, context),
      ...lookups(catalog, search),
      ...definitions(catalog),
      'Tool.execute': ({ args: [params, options], self, context }: Call<[Params, Options?]>) =>
        execute((self as ToolHandle).name, params, options, context),
      'Tool.stream': ({ args: [params, options], self, context }: Call<[Params, Options?]>) =>
        stream((self as ToolHandle).name, params, options, context),
      'Tool.validate': async ({ args: [params], self, context }: Call<[Params]>) => {
        const errors = await catalog.get((self as ToolHandle).name, context).validate(params ?? {})
        return { valid: errors.length === 0, errors: errors as unknown as Value }
      },
      ...callMethods,
    },
  }
}

function lookups(catalog: Catalog, search: Search) {
  return {
    get: ({ args: [name], context }: Named) => {
      const tool = catalog.find(name, context)
      return tool && handleOf(tool, context)
    },
    exists: ({ args: [name], context }: Named) => catalog.find(name, context) !== undefined,
    list: ({ args: [filter], context }: Filtered) => search.rows('list', filter ?? {}, context),
    discover: ({ args: [filter], context }: Filtered) =>
      search.rows('discover', filter ?? {}, context),
    categories: ({ context }: Call<[]>) =>
      [...new Set(catalog.all(context).map(({ parts }) => parts.item.category))].sort(),
  }
}

function definitions(catalog: Catalog) {
  return {
    define: async ({ args: [definition], context }: Call<[Definition]>) => {
      const parts = scriptTool(definition, context)
      await catalog.compile(parts.input)
      if (parts.output) await catalog.compile(parts.output)
      const tool = catalog.add(parts, context)
      context.onUndo?.(catalog.remover(tool, context))
      return handleOf(tool, context)
    },
    undefine: ({ args: [tool], context }: Call<[string | HandleRef]>) => {
      const name = isRef(tool, 'handle') ? (context.resolve(tool) as ToolHandle).name : tool
      return catalog.remove(name, context)
    },
  }
}

const callMethods = {
  'ToolCall.progress': ({ args: [done, total, text], self }: Call<[number, number?, string?]>) => {
    const call = self as OpenCall
    call.progress(done, total, text)
    return undefined
  },
  'ToolCall.emit': async ({ args: [chunk], self }: Call<[string | ToolChunk]>) => {
    await (self as OpenCall).emit(chunk)
    return undefined
  },
  'ToolCall.cancelled': ({ self }: Call<[]>) => (self as OpenCall).cancelled,
}

function requestOf(
  name: string,
  params: Params,
  options: Options | undefined,
  context: CallContext,
): Request {
  const { timeout, retry, on_error: onError, on_chunk: onChunk } = options ?? {}
  return {
    name,
    params: params ?? {},
    context,
    signal: context.signal,
    timeoutMs: timeout === undefined ? undefined : durationMs(timeout),
    onError,
    retry: retry && {
      maxAttempts: retry.max_attempts,
      delayMs: durationMs(retry.delay) ?? 0,
      backoff: retry.backoff,
    },
    emit: onChunk && (async (chunk) => void (await onChunk(chunk))),
  }
}
