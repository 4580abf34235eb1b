import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin } from '@llmspell/sdk'
import type {
  JournalRecord,
  ModelRequest,
  ModelSettings,
  RunRequest,
  ToolCall,
  ToolItem,
  Value,
} from '@llmspell/sdk'
import { ALL, openHouse } from '../support/kernel.ts'
import type { House } from '../support/kernel.ts'

/** Each effect that really happened, in order: `name input`. */
export class World {
  readonly effects: string[] = []
  readonly keys: (string | undefined)[] = []
  /** Called at each point in the life of a record. */
  at: (point: RecordPoint) => void = () => {}

  /** A key that a tool has looked up and says in its result. */
  leak(call: ToolCall): string {
    const key = process.env['CANARY'] ?? ''
    call.run?.conceal(key, 'secret:CANARY')
    return `the key ${key}`
  }

  /** A plugin with tools that change the world, and a tap on the journal. */
  plugin(): InlinePlugin {
    const tools = ['unsafe', 'idempotent', 'pure'].map((effect) => item(effect as 'pure'))
    return {
      manifest: {
        manifest: 1,
        id: 'world',
        main: './world.js',
        phase: 'core',
        contributes: { tools: tools as never, providers: [PROVIDER], hooks: ['run.record'] },
      },
      plugin: definePlugin({
        setup: (ctx) => {
          for (const { name } of tools) ctx.contribute('tools', name, this.#tool(name) as never)
          ctx.contribute('providers', 'world', this.#model() as never)
          ctx.tap('run.record' as never, ((point: RecordPoint) => this.at(point)) as never)
        },
      }),
    }
  }

  /** Says how many turns it knows of, and uses its tool once where it has one. */
  #model() {
    const stream = async function* (this: World, _model: ModelSettings, request: ModelRequest) {
      const { messages, tools = [] } = request
      this.effects.push('model')
      const turns = messages.filter(({ role }) => role === 'user').length
      const used = messages.at(-1)?.role === 'tool'
      if (tools.length > 0 && !used) {
        yield {
          type: 'tool_call',
          id: 'c1',
          name: tools[0]!.name,
          input: { text: `turn ${turns}` },
        }
        yield { type: 'finish', reason: 'tool_calls', usage: USAGE }
        return
      }
      for (const text of ['This ', 'is ', `turn ${turns}.`]) yield { type: 'text', text }
      yield { type: 'finish', reason: 'stop', usage: USAGE }
    }.bind(this)
    return {
      stream,
      generate: (...call: Parameters<typeof stream>) => Array.fromAsync(stream(...call)),
    }
  }

  #tool(name: string) {
    return {
      execute: async ({ text: given, ms }: { text?: string; ms?: number }, call: ToolCall) => {
        const text = given === 'leak' ? this.leak(call) : given
        if (ms !== undefined) await new Promise((resolve) => setTimeout(resolve, ms))
        this.effects.push(`${name.replace('world-', '')} ${text ?? ''}`)
        this.keys.push(call.idempotencyKey)
        await call.emit({ type: 'text', text: `${text} ` })
        return { result: { said: text ?? '', nth: this.effects.length } as Value }
      },
    }
  }
}

const USAGE = { inputTokens: 10, outputTokens: 5 }
const PROVIDER = {
  name: 'world',
  description: 'Counts turns.',
  models: [{ id: 'talk', capabilities: ['tools', 'streaming'] }],
}

interface RecordPoint {
  readonly run_id: string
  readonly point: string
  readonly n: number
  readonly path: string
  readonly kind: string
}

function item(effect: 'pure' | 'idempotent' | 'unsafe'): ToolItem {
  const properties = { text: { type: 'string' }, ms: { type: 'integer' } }
  return {
    name: `world-${effect}`,
    description: 'Changes the world of the tests.',
    category: 'test',
    input: { type: 'object', properties, additionalProperties: false },
    effect,
    streams: true,
  }
}

export interface DurableHouse extends House {
  /** All records of a run. */
  history(runId: string): Promise<JournalRecord[]>
}

/** A kernel with both languages and a store. @param folder of a store on disk; without it one in memory */
export async function durableHouse(
  world: World,
  folder?: string,
  extra: readonly InlinePlugin[] = [],
): Promise<DurableHouse> {
  const state = folder === undefined ? { store: 'memory' } : { store: 'level', folder }
  const config = { plugins: { state, 'store-level': { reserve_bytes: 0 } } }
  const house = await openHouse([...ALL, 'engine-javascript'], [world.plugin(), ...extra], config)
  const history = async (runId: string): Promise<JournalRecord[]> => {
    const executor = await house.runtime.executor()
    return Array.fromAsync(executor.history(runId))
  }
  return Object.assign(house, { history })
}

/** A life of an installation with its store on disk. */
export async function inHouse<T>(
  world: World,
  folder: string,
  fn: (house: DurableHouse) => Promise<T>,
): Promise<T> {
  const house = await durableHouse(world, folder)
  try {
    return await fn(house)
  } finally {
    await house.kernel.stop()
  }
}

/** The same script in each language. */
export interface Pair {
  readonly lua: string
  readonly javascript: string
}

export const LANGUAGES = ['lua', 'javascript'] as const
export type Language = (typeof LANGUAGES)[number]

export function request(
  pair: Pair,
  language: Language,
  runId: string,
  more: Partial<RunRequest> = {},
): RunRequest {
  return {
    source: pair[language],
    file: language === 'lua' ? 'script.lua' : 'script.js',
    settings: { model: 'world/talk' },
    durable: { runId },
    ...more,
  }
}

/** Drops the run as soon as more than `n` records of it are written, once. */
export function killBehind(
  world: World,
  { runtime }: DurableHouse,
  runId: string,
  n: number,
): void {
  let hit = false
  world.at = (point) => {
    if (hit || point.run_id !== runId || point.point !== 'after-record' || point.n <= n) return
    hit = true
    void runtime.executor().then((executor) => executor.suspend(runId))
  }
}
