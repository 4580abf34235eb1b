import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin, SpellError } from '@llmspell/sdk'
import type { ModelChunk, ModelRequest, ModelSettings, Provider, Value } from '@llmspell/sdk'

/** What one agent's model does: `settings` of its model. */
export interface Script {
  readonly agent: string
  readonly inputTokens: number
  readonly outputTokens: number
  /** Agents that its first answer asks for, each once. */
  readonly calls?: readonly string[]
  readonly ms: number
  /** Fails before its first word. */
  readonly fails?: boolean
}

/** An attempt began or ended; `again` is one more of a call that is under way. */
export interface Seen {
  readonly what: 'start' | 'again' | 'end'
  readonly agent: string
  readonly model: string
  /** What it took; nothing for a call that broke off. */
  readonly tokens: { readonly in: number; readonly out: number }
}

const NOTHING = { in: 0, out: 0 }

/** A provider that follows a script and remembers what began and ended, in order. */
export class ScriptedProvider implements Provider {
  readonly seen: Seen[] = []
  /** `maxTokens` of each request, in order. */
  readonly caps: (number | undefined)[] = []
  readonly plugin: InlinePlugin

  constructor(models: readonly string[]) {
    this.plugin = {
      manifest: {
        manifest: 1,
        id: 'provider-scripted',
        main: './scripted.js',
        phase: 'providers',
        contributes: {
          providers: [
            {
              name: 'scripted',
              description: 'Follows a script.',
              models: models.map((id) => ({ id, capabilities: ['tools', 'streaming'] })),
            },
          ],
        },
      },
      plugin: definePlugin({ setup: (ctx) => ctx.contribute('providers', 'scripted', this) }),
    }
  }

  async generate(...call: Parameters<Provider['stream']>): Promise<readonly ModelChunk[]> {
    const chunks: ModelChunk[] = []
    for await (const chunk of this.stream(...call)) chunks.push(chunk)
    return chunks
  }

  async *stream(
    { model, settings }: ModelSettings,
    { messages, maxTokens }: ModelRequest,
    { signal, attempt }: Parameters<Provider['stream']>[2],
  ): AsyncGenerator<ModelChunk> {
    const script = settings as unknown as Script
    const { agent, inputTokens, outputTokens, calls = [], ms, fails } = script
    const note = (what: Seen['what'], tokens = NOTHING): void =>
      void this.seen.push({ what, agent, model, tokens })
    let took = NOTHING
    this.caps.push(maxTokens)
    note(attempt === 1 ? 'start' : 'again')
    try {
      await pause(ms, signal)
      if (fails) throw failure()
      yield { type: 'text', text: 'Words.' }
      await pause(ms, signal)
      const asked = messages.some(({ role }) => role === 'assistant') ? [] : calls
      for (const name of asked) yield { type: 'tool_call', id: name, name, input: { input: 'x' } }
      took = { in: inputTokens, out: outputTokens }
      const reason = asked.length > 0 ? 'tool_calls' : 'stop'
      yield { type: 'finish', reason, usage: { inputTokens, outputTokens } }
    } finally {
      note('end', took)
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new SpellError('CANCELLED', 'Left.'))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    setTimeout(resolve, ms)
  })
}

function failure(): SpellError {
  const details = { provider: 'scripted', kind: 'server', retryable: true } as Value
  return new SpellError('PROVIDER_FAILED', 'The script says so.', { details })
}
