// Tools and a model whose calls are counted, for what stands before and behind them.
import type { InlinePlugin, KernelConfig } from '@llmspell/kernel'
import { definePlugin, isSpellError, SpellError } from '@llmspell/sdk'
import type { ModelChunk, Provider, RunRequest, Tool, ToolItem, Value } from '@llmspell/sdk'
import { ALL, openHouse, type House } from '../support/kernel.ts'

const params = {
  type: 'object',
  additionalProperties: false,
  properties: {
    key: { type: 'string' },
    url: { type: 'string' },
    text: { type: 'string' },
    hide: { type: 'string' },
    fails: { type: 'integer' },
    code: { type: 'string' },
    ms: { type: 'integer' },
  },
}

const item = (name: string, more: Partial<ToolItem> = {}): ToolItem => {
  return { name, description: 'Counts.', category: 'lab', input: params, effect: 'pure', ...more }
}

const ITEMS: readonly ToolItem[] = [
  item('count'),
  item('vary', { varies: true }),
  item('look', { permissions: { read: ['/'] } }),
  item('page', { untrusted: true }),
  item('change', { effect: 'unsafe' }),
  item('ship', { effect: 'idempotent', permissions: { net: ['*:*'] } }),
]

type Params = {
  readonly text?: string
  /** Gives a table instead of a text. */
  readonly url?: string
  /** Becomes a secret of the run. */
  readonly hide?: string
  readonly fails?: number
  readonly code?: string
  readonly ms?: number
}

/** What the tools and the model of the lab were asked. */
export class Lab {
  readonly calls: string[] = []
  readonly inputs: Value[] = []
  readonly requests: string[] = []
  /** Of the next answers of the model; behind them it answers. */
  readonly failures: SpellError[] = []
  /** ms that the model takes. */
  slow = 0
  readonly plugin: InlinePlugin

  constructor() {
    const plugin = definePlugin({
      setup: (ctx) => {
        for (const { name } of ITEMS) ctx.contribute('tools', name, this.#tool(name) as Tool)
        ctx.contribute('providers', 'lab', this.#provider())
      },
    })
    const models = [{ id: 'm', context: 32_768, priceIn: 1000, priceOut: 1000 }]
    const provider = { name: 'lab', description: 'Counts.', models }
    const manifest = {
      manifest: 1,
      id: 'lab',
      main: './lab.js',
      phase: 'globals',
      contributes: { tools: ITEMS, providers: [provider] },
    }
    this.plugin = { manifest, plugin } as unknown as InlinePlugin
  }

  count(name: string): number {
    return this.calls.filter((call) => call === name).length
  }

  #tool(name: string): Tool<Params> {
    return {
      execute: async (given, call) => {
        if (given.hide !== undefined) call.run?.conceal(given.hide, '[hidden]')
        this.calls.push(name)
        this.inputs.push(given as Value)
        const n = this.count(name)
        if (given.ms !== undefined) await new Promise((resolve) => setTimeout(resolve, given.ms))
        if (n <= (given.fails ?? 0)) throw new SpellError(given.code ?? 'TIMEOUT', `Failed ${n}.`)
        return given.text === undefined
          ? { result: n }
          : { result: given.url ? { said: given.text } : given.text }
      },
    }
  }

  #provider(): Provider {
    const generate: Provider['generate'] = async (_model, { messages }) => {
      this.requests.push(JSON.stringify(messages))
      const failure = this.failures.shift()
      if (failure) throw failure
      const text = `answer ${this.requests.length}`
      if (this.slow > 0) await new Promise((resolve) => setTimeout(resolve, this.slow))
      const usage = { inputTokens: 10, outputTokens: 10 }
      return [
        { type: 'text', text },
        { type: 'finish', reason: 'stop', usage },
      ]
    }
    return {
      generate,
      async *stream(model, request, options): AsyncGenerator<ModelChunk> {
        yield* await generate(model, request, options)
      },
    }
  }
}

export const LANGUAGES = ['lua', 'javascript'] as const
export type Language = (typeof LANGUAGES)[number]

export interface Opened extends AsyncDisposable {
  readonly lab: Lab
  readonly house: House
  /** What a script gives, or the code that it fails with. */
  run(language: Language, source: string, options?: Partial<RunRequest>): Promise<Value | undefined>
  /** A service of the plugin. */
  use<T>(name: string): Promise<T>
}

/** All plugins, the lab, and one more with its config. */
export async function openLab(
  plugin: string,
  config: object,
  more: KernelConfig = {},
): Promise<Opened> {
  const lab = new Lab()
  const names = [...ALL, 'engine-javascript', plugin]
  const plugins = { ...more.plugins, [plugin]: config, models: { retry: { max_attempts: 1 } } }
  const house = await openHouse(names, [lab.plugin], { ...more, plugins })
  const run: Opened['run'] = async (language, source, options) => {
    const file = language === 'javascript' ? 'lab.js' : 'lab.lua'
    const limits = { timeMs: 30_000 }
    try {
      return (await house.runtime.run({ source, file, limits, log: () => undefined, ...options }))
        .value
    } catch (error) {
      if (!isSpellError(error)) throw error
      return error.code
    }
  }
  return {
    lab,
    house,
    run,
    use: (name) => house.kernel.use(name as never) as never,
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
  }
}

/** The expression of a call in both languages, with its result alone. */
export function calls(tool: string, table: Readonly<Record<string, string | number>> = {}) {
  const rows = Object.entries(table).map(([key, value]) => [key, JSON.stringify(value)])
  const lua = rows.map(([key, value]) => `${key} = ${value}`).join(', ')
  const js = rows.map(([key, value]) => `${key}: ${value}`).join(', ')
  return {
    lua: `Tool.execute("${tool}", { ${lua} })`,
    javascript: `(await Tool.execute('${tool}', { ${js} }))`,
  }
}
