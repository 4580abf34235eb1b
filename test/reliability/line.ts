import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin } from '@llmspell/sdk'
import type { CallContext, ProviderFailure, RunLimits, SpellError } from '@llmspell/sdk'
import type { AnswerChunk, BreakerChange, ModelAnswer } from '@llmspell/models'
import { hostPlugin, inRun } from '../support/host.ts'
import { openHouse, type House } from '../support/kernel.ts'
import { OpenAIServer } from '../support/openai-server.ts'

const PLUGINS = [
  'permissions',
  'files',
  'http',
  'budgets',
  'models',
  'language-models',
  'provider-openai',
  'tools',
  'agents',
  'script-runtime',
]

export const MODEL = 'openai/gpt-4o-mini'
const REQUEST = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] }

/** A whole house whose OpenAI is a server of the test. */
export class Line implements AsyncDisposable {
  readonly server: OpenAIServer
  readonly changes: BreakerChange[] = []
  /** When each request came, in ms. */
  readonly times: number[] = []
  #house!: House

  private constructor(server: OpenAIServer) {
    this.server = server
  }

  static async open(models: object = {}): Promise<Line> {
    const server = await OpenAIServer.start()
    const line = new Line(server)
    const openai = { base_url: server.baseUrl, api_key: 'sk-under-test' }
    const other = {
      use: 'openai',
      base_url: server.baseUrl.replace('127.0.0.1', 'localhost'),
      api_key: 'sk-other',
    }
    // Nothing listens there, and nothing can without being root.
    const dead = { use: 'openai', base_url: 'http://127.0.0.1:1/v1', api_key: 'sk-dead' }
    const config = { providers: { openai, other, dead }, ...models }
    line.#house = await openHouse(PLUGINS, [hostPlugin, line.#listener()], {
      plugins: { models: config },
    })
    return line
  }

  /** Answers from now on like this, and forgets what was asked. */
  behave(replier: OpenAIServer['replier']): void {
    this.times.length = 0
    this.server.reset((index, body, path) => {
      this.times.push(performance.now())
      return replier(index, body, path)
    })
  }

  act<T>(act: (context: CallContext) => Promise<T>, limits: RunLimits = {}): Promise<T> {
    return inRun(this.#house, act, { limits })
  }

  generate(model: unknown = MODEL, more: object = {}): Promise<ModelAnswer> {
    return this.act(
      (context) =>
        context.call('Provider', 'generate', [
          model,
          { ...REQUEST, ...more },
        ]) as Promise<ModelAnswer>,
    )
  }

  /** All chunks; those before a failure are put into `before`. */
  stream(model: unknown = MODEL, before: AnswerChunk[] = []): Promise<readonly AnswerChunk[]> {
    return this.act(async (context) => {
      const stream = (await context.call('Provider', 'stream', [
        model,
        REQUEST,
      ])) as AsyncIterable<AnswerChunk>
      for await (const chunk of stream) before.push(chunk)
      return before
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#house[Symbol.asyncDispose]()
    await this.server.close()
  }

  #listener(): InlinePlugin {
    return {
      manifest: {
        manifest: 1,
        id: 'listener',
        main: './listener.js',
        phase: 'core',
        contributes: { hooks: ['llm.breaker'] },
      },
      plugin: definePlugin({
        setup: (ctx) => ctx.tap('llm.breaker', (change) => void this.changes.push(change)),
      }),
    }
  }
}

/** What the work fails with. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<SpellError & { details: ProviderFailure }> {
  try {
    await work
  } catch (error) {
    return error as SpellError & { details: ProviderFailure }
  }
  throw new Error('It should have failed.')
}
