import type { HandleRef, Run, Value } from '@llmspell/sdk'
import type { AgentChunk, AgentInput, AgentResult, ExecuteOptions } from '@llmspell/agents/types'
import { SpellError } from '@llmspell/sdk'

/** What is asked, and who may end it. */
export interface AskOptions extends Omit<ExecuteOptions, 'on_chunk' | 'timeout'> {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** What can be asked: an agent, or a conversation with one. */
export class Talk {
  readonly #run: Run
  readonly #ref: HandleRef

  constructor(run: Run, ref: HandleRef) {
    this.#run = run
    this.#ref = ref
  }

  /** The answer as a whole. @throws SpellError of what failed; CANCELLED, TIMEOUT */
  async execute(input: AgentInput, options: AskOptions = {}): Promise<AgentResult> {
    return (await this.call('execute', [input, asked(options)], options.signal)) as AgentResult
  }

  /** The answer as it comes, `finish` last. A reader that leaves ends it. */
  async *stream(
    input: AgentInput,
    options: AskOptions = {},
  ): AsyncGenerator<AgentChunk, void, void> {
    const { signal } = options
    const chunks = await this.call('stream', [input, asked(options)], signal)
    yield* chunks as AsyncIterable<AgentChunk>
  }

  protected call(method: string, args: readonly unknown[] = [], signal?: AbortSignal) {
    if (signal?.aborted) return Promise.reject(cancelled(signal.reason))
    const { type } = this.#ref
    const options = { handle: this.#ref, ...(signal ? { signal } : {}) }
    return this.#run.call('Agent', `${type}.${method}`, args, options)
  }

  protected async open(id: string | undefined): Promise<Conversation> {
    const ref = await this.call('conversation', id === undefined ? [] : [id])
    return new Conversation(this.#run, ref as HandleRef)
  }
}

/** What was said with one person, beside all others. */
export class Conversation extends Talk {
  messages(): Promise<readonly Value[]> {
    return this.call('messages') as Promise<readonly Value[]>
  }

  async clear(): Promise<void> {
    await this.call('clear')
  }
}

function asked({ signal: _signal, timeoutMs, ...options }: AskOptions): ExecuteOptions {
  return timeoutMs === undefined ? options : { ...options, timeout: timeoutMs }
}

function cancelled(cause: unknown): SpellError {
  return new SpellError('CANCELLED', 'The call was cancelled before it began.', { cause })
}
