import type {
  Awaitable,
  Schema,
  ToolCall,
  ToolChunk,
  ToolDescription,
  ToolFilter,
  ToolItem,
  ToolOutput,
  ToolResult,
  Undo,
  Value,
} from '@llmspell/sdk'
import type { CallOptions } from './calls.ts'
import type { House } from './house.ts'

/** The last chunk of a stream has the result. */
export type ToolStreamChunk =
  | ToolChunk
  | { readonly type: 'finish'; readonly text: ''; readonly result: ToolResult }

/** One tool by its name. */
export interface HostTool {
  readonly name: string
  describe(): Promise<ToolDescription>
  invoke(input?: Input, options?: CallOptions): Promise<ToolResult>
  stream(input?: Input, options?: CallOptions): AsyncGenerator<ToolStreamChunk, void, void>
}

type Input = Readonly<Record<string, unknown>>

/** What must be said of a tool that a host brings as a function. */
export type ToolFacts = Pick<ToolItem, 'name' | 'description'> &
  Partial<Omit<ToolItem, 'name' | 'description' | 'input'>> & { readonly input?: Schema }

/** The tools of a runtime: those of its plugins, and those that are brought as functions. */
export class HostTools {
  readonly #house: House

  constructor(house: House) {
    this.#house = house
  }

  async list(filter?: ToolFilter): Promise<readonly ToolDescription[]> {
    return (await this.#house.use('tools')).list(filter)
  }

  /** @throws TOOL_NOT_FOUND with a suggestion */
  async describe(name: string): Promise<ToolDescription> {
    return (await this.#house.use('tools')).describe(name)
  }

  /**
   * Brings a tool, for scripts and agents of this runtime, until the undo.
   * @param facts `effect` is `unsafe` and `category` is `host` unless it says otherwise
   */
  async define<T = Record<string, Value>>(
    facts: ToolFacts,
    execute: (input: T, call: ToolCall) => Awaitable<ToolOutput>,
  ): Promise<Undo> {
    const tools = await this.#house.use('tools')
    const item = { category: 'host', effect: 'unsafe', input: EMPTY, source: 'host', ...facts }
    return tools.register(item as ToolItem & { source: string }, { execute: execute as never })
  }

  /** @throws what the tool raises; INPUT_INVALID, PERMISSION_DENIED, CANCELLED, TIMEOUT */
  async invoke(name: string, input: Input = {}, options: CallOptions = {}): Promise<ToolResult> {
    await using run = await this.#house.open(options, 'tools.invoke')
    return (await run.call('Tool', 'execute', [name, input])) as ToolResult
  }

  /** Its chunks as they come, `finish` last. A reader that leaves ends the call. */
  async *stream(
    name: string,
    input: Input = {},
    options: CallOptions = {},
  ): AsyncGenerator<ToolStreamChunk, void, void> {
    await using run = await this.#house.open(options, 'tools.stream')
    const chunks = await run.call('Tool', 'stream', [name, input])
    yield* chunks as AsyncIterable<ToolStreamChunk>
  }

  get(name: string): HostTool {
    return {
      name,
      describe: () => this.describe(name),
      invoke: (input, options) => this.invoke(name, input, options),
      stream: (input, options) => this.stream(name, input, options),
    }
  }
}

const EMPTY = { type: 'object', additionalProperties: false, properties: {} }
