import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { CallContext, HandleRef, RunOptions, Value } from '@llmspell/sdk'
import { hostPlugin, inRun } from '../support/host.ts'
import { OpenAIServer } from '../support/openai-server.ts'
import type { ServerReply } from '../support/openai-server.ts'
import type { WireCall } from '../support/wire-answer.ts'
import { sourceHouse } from '../tools/house.ts'
import type { SourceHouse } from '../tools/house.ts'

const PLUGINS = [
  'permissions',
  'secrets',
  'files',
  'http',
  'budgets',
  'models',
  'language-models',
  'provider-openai',
  'tools',
  'tool-calculator',
  'tool-file-read',
  'tool-environment',
  'tool-http-request',
  'agents',
  'code-mode',
  'engine-lua',
  'engine-javascript',
  'script-runtime',
]

/** One call as an agent's result has it. */
export interface Row {
  readonly name: string
  readonly result?: { readonly value?: Value; readonly output?: string; readonly calls?: number }
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string }
}

export interface Answer {
  readonly text: string
  readonly tool_calls: readonly Row[]
  readonly metadata: {
    readonly steps: number
    readonly usage: { readonly input_tokens: number; readonly output_tokens: number }
    readonly untrusted?: boolean
  }
}

/** What a model said in one step, and what it read before. */
export type Said = ServerReply | ((read: string) => ServerReply)

/** A house whose model is a server on the loopback that says what a test tells it. */
export class Desk implements AsyncDisposable {
  readonly root = mkdtempSync(join(tmpdir(), 'code-mode-'))
  readonly house: SourceHouse
  readonly server: OpenAIServer

  private constructor(house: SourceHouse, server: OpenAIServer) {
    this.house = house
    this.server = server
  }

  static async open(): Promise<Desk> {
    const server = await OpenAIServer.start()
    const providers = { openai: { base_url: server.baseUrl, api_key: 'sk-test' } }
    const house = await sourceHouse(PLUGINS, [hostPlugin], { plugins: { models: { providers } } })
    return new Desk(house, server)
  }

  write(name: string, text: string): void {
    const path = join(this.root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }

  /** Plays one step after another; the last again and again. A token is taken to be four characters. */
  play(...said: readonly Said[]): void {
    this.server.reset((index, body) => {
      const step = said[Math.min(index, said.length - 1)]!
      const { messages, tools } = body
      const reply = typeof step === 'function' ? step(JSON.stringify(messages)) : step
      const { text = '', toolCalls = [] } = reply
      const usage = { input: tokens({ messages, tools }), output: tokens([text, toolCalls]) }
      return { usage, ...reply }
    })
  }

  /** One question to one agent in a run of its own. */
  ask(config: object, options: RunOptions = {}): Promise<Answer> {
    return inRun(
      this.house as never,
      async (context) => this.within(context, config),
      this.options(options),
    )
  }

  options(options: RunOptions = {}): RunOptions {
    const { origin } = this.server
    return {
      root: this.root,
      ...options,
      allow: { net: [origin], 'net-private': [origin], read: ['.'], ...options.allow },
    }
  }

  async within(context: CallContext, config: object): Promise<Answer> {
    const made = await context.call('Agent', 'create', [{ model: 'openai/gpt-4o', ...config }])
    const handle = made as HandleRef
    return (await context.call('Agent', 'Agent.execute', ['Do it.'], { handle })) as Answer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.house[Symbol.asyncDispose]()
    await this.server.close()
    rmSync(this.root, { recursive: true, force: true })
  }
}

const tokens = (value: unknown): number => Math.ceil(JSON.stringify(value).length / 4)

export const call = (name: string, input: Value): WireCall => ({ name, arguments: input as object })

/** A model that writes a program. */
export const program = (language: 'lua' | 'javascript', code: string, more = {}): ServerReply => ({
  toolCalls: [call('run-script', { language, code, ...more })],
})
