import { now } from '@llmspell/sdk'
import type {
  Budgets,
  ExtensionRegistry,
  HookPoint,
  Hooks,
  Logger,
  ModelChunk,
  Permissions,
  Provider,
  ProviderItem,
  Secrets,
  Verdict,
} from '@llmspell/sdk'
import { Catalog } from '../catalog.ts'
import type { ModelsConfig } from '../generated/config.ts'
import validateConfig from '../generated/config.validate.js'
import type { Hub, Points } from '../hub.ts'
import { Line } from '../line.ts'

/** The providers of a small house: a mock, one with a key, one that lists the same model. */
export const ITEMS: readonly ProviderItem[] = [
  { name: 'mock', description: 'A mock.', mock: true, models: [{ id: 'demo' }] },
  {
    name: 'openai',
    description: 'OpenAI.',
    env: { key: 'OPENAI_API_KEY', baseUrl: 'OPENAI_BASE_URL' },
    origins: ['https://api.openai.com'],
    models: [
      { id: 'gpt-4o-mini', context: 128_000, priceIn: 1, priceOut: 2, capabilities: ['tools'] },
      { id: 'shared' },
    ],
  },
  { name: 'other', description: 'Another.', models: [{ id: 'shared' }, { id: 'only-here' }] },
]

export interface FakeOptions {
  readonly config?: Partial<ModelsConfig> | object
  readonly env?: Readonly<Record<string, string>>
  readonly items?: readonly ProviderItem[]
  readonly provider?: Provider
  readonly permissions?: Permissions
  readonly secrets?: Secrets
  readonly budgets?: Budgets
  /** Clock of breakers and retries. */
  readonly now?: () => number
  readonly taps?: { readonly [K in keyof Hooks]?: (payload: Hooks[K]['payload']) => unknown }
}

/** The configuration as the kernel hands it over: checked, with its defaults. */
export function configOf(section: object = {}): ModelsConfig {
  const config = structuredClone(section) as unknown
  if (!validateConfig(config)) throw new Error(JSON.stringify(validateConfig.errors))
  return config as ModelsConfig
}

const silent: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

export function fakeHub(options: FakeOptions = {}): Hub {
  const { env = {}, items = ITEMS, permissions, secrets } = options
  const config = configOf(options.config)
  const extensions = {
    list: () =>
      items.map((item) => ({ point: 'providers', name: item.name, plugin: 'test', item })),
    get: async () => options.provider,
  } as unknown as ExtensionRegistry
  const catalog = new Catalog(extensions, config)
  const points = pointsOf(options.taps ?? {})
  return {
    catalog,
    config,
    extensions,
    points,
    permissions,
    secrets,
    logger: silent,
    env,
    random: () => 1,
    budgets: options.budgets,
    line: new Line(config, points.breaker, options.now ?? now),
  }
}

function pointsOf(taps: NonNullable<FakeOptions['taps']>): Points {
  const point = <K extends keyof Hooks>(name: K): HookPoint<K> => {
    const tap = taps[name] as ((payload: unknown) => unknown) | undefined
    const call = async (payload: unknown) => tap?.(payload)
    return { name, used: tap !== undefined, call } as unknown as HookPoint<K>
  }
  const intercept = <K extends 'llm.request' | 'llm.response' | 'llm.error'>(name: K) => {
    const tap = taps[name] as ((payload: unknown) => unknown) | undefined
    const call = async (data: unknown) => {
      const said = (await tap?.(data)) as Verdict | undefined
      if (said?.type === 'modify') return { data: said.data, changed: true }
      return { data, changed: false, ...(said ? { verdict: { ...said, by: 'tester' } } : {}) }
    }
    return { name, used: tap !== undefined, call } as unknown as HookPoint<K>
  }
  return {
    route: point('llm.route'),
    request: intercept('llm.request'),
    chunk: point('llm.chunk'),
    response: intercept('llm.response'),
    error: intercept('llm.error'),
    done: point('llm.done'),
    breaker: point('llm.breaker'),
  }
}

export const finish: ModelChunk = {
  type: 'finish',
  reason: 'stop',
  usage: { inputTokens: 1000, outputTokens: 500 },
}

/** A provider that plays one script for each attempt; an error is thrown, a promise is waited for. */
export function fakeProvider(
  ...attempts: readonly (readonly (ModelChunk | Error | Promise<unknown>)[])[]
): Provider & { readonly calls: Parameters<Provider['stream']>[] } {
  const calls: Parameters<Provider['stream']>[] = []
  async function* play(...call: Parameters<Provider['stream']>): AsyncGenerator<ModelChunk> {
    calls.push(call)
    for (const step of attempts[Math.min(calls.length, attempts.length) - 1] ?? []) {
      if (step instanceof Error) throw step
      if (step instanceof Promise) await step
      else yield step
    }
  }
  const generate: Provider['generate'] = async (...call) => {
    const chunks: ModelChunk[] = []
    for await (const chunk of play(...call)) chunks.push(chunk)
    return chunks
  }
  return { calls, generate, stream: play }
}
