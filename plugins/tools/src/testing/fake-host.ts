import { readFileSync } from 'node:fs'
import type {
  FinalVerdict,
  HookRegistry,
  Intercepted,
  Manifest,
  Permissions,
  ScriptModuleHandlers,
  Tool,
  ToolItem,
  ToolRegistry,
  Value,
  Verdict,
} from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import { testHost } from '@llmspell/sdk/testing'
import { Ajv2020 } from 'ajv/dist/2020.js'
import plugin from '../index.ts'
import { FakeRun } from './fake-context.ts'

const folder = new URL('../../', import.meta.url)
const { llmspell: manifest } = JSON.parse(
  readFileSync(new URL('package.json', folder), 'utf8'),
) as { llmspell: Manifest }

type Taps = Record<string, ((payload: never) => unknown) | undefined>

/** The plugin in memory with tools of others. */
export interface ToolsHost {
  readonly registry: ToolRegistry
  readonly run: FakeRun
  /** Taps by point, read at each call. */
  readonly taps: Taps
  /** Names of the tools that were loaded. */
  readonly loaded: string[]
  call(fn: string, args: readonly unknown[], self?: unknown): Promise<never>
}

export interface GivenTool {
  readonly item: Omit<ToolItem, 'name'>
  readonly tool: Tool
}

export async function toolsHost(tools: Readonly<Record<string, GivenTool>>): Promise<ToolsHost> {
  const taps: Taps = {}
  const loaded: string[] = []
  const run = new FakeRun()
  const host = await testHost(plugin, {
    manifest,
    services: {
      hooks: hooksOf(taps),
      schemas,
      permissions: permissionsOf(run),
      extensions: catalogueOf(tools, loaded),
    },
  })
  const { functions } = host.contribution('script-modules', 'Tool') as ScriptModuleHandlers
  const call = async (fn: string, args: readonly unknown[], self?: unknown): Promise<never> =>
    (await functions[fn]!({ args, context: run.context(), self } as never)) as never
  return { registry: host.service('tools'), run, taps, loaded, call }
}

function catalogueOf(tools: Readonly<Record<string, GivenTool>>, loaded: string[]) {
  const entries = Object.entries(tools).map(([name, { item }]) => ({
    point: 'tools',
    name,
    plugin: `tool-${name}`,
    version: '1.2.3',
    item: { name, ...item },
  }))
  return {
    list: (point: string) => (point === 'tools' ? entries : []) as never,
    find: (_point: string, name: string) => entries.find((entry) => entry.name === name) as never,
    get: (_point: string, name: string) => {
      loaded.push(name)
      return Promise.resolve(tools[name]!.tool as never)
    },
    document: (entry: { item: object }, field: string) =>
      (entry.item as Record<string, unknown>)[field],
    file: () => '',
  }
}

const INTERCEPTS = new Set(['tool.input', 'tool.output', 'tool.error', 'tool.list', 'tool.listed'])

function intercepted(data: unknown, said: Verdict | undefined): Intercepted<unknown> {
  if (said?.type === 'modify') return { data: said.data, changed: true }
  const verdict = said && ({ ...said, by: 'tester' } as FinalVerdict)
  return { data, changed: false, ...(verdict ? { verdict } : {}) }
}

function hooksOf(taps: Taps): HookRegistry {
  const point = (name: string) => ({
    name,
    get used() {
      return taps[name] !== undefined
    },
    call: async (payload: Value) => {
      const answer = await taps[name]?.(payload as never)
      return INTERCEPTS.has(name) ? intercepted(payload, answer as Verdict | undefined) : answer
    },
  })
  return {
    point: point as never,
    tap: () => () => {},
    list: () => [],
    trace: () => () => undefined,
    tracer: () => undefined,
  }
}

const schemas = {
  compile: (schema: object) => {
    const ajv = new Ajv2020({ allErrors: true, verbose: true, useDefaults: true, strict: false })
    try {
      return Promise.resolve(ajv.compile(schema) as never)
    } catch (error) {
      throw new SpellError('SCHEMA_INVALID', (error as Error).message)
    }
  },
}

/** Exact matches in every layer; enough to see which chain was asked. */
function permissionsOf(run: FakeRun): Permissions {
  const decide: Permissions['decide'] = ({ permission, target }, { grants }) => {
    const missing = grants.find((layer) => !layer.allow[permission]?.includes(target))
    if (!missing) return { allowed: true, holder: 'test', rule: permission }
    return { allowed: false, holder: missing.holder, reason: 'not granted', hint: 'grant it' }
  }
  return {
    decide,
    require: async (need, access) => {
      const decision = decide(need, access)
      if (decision.allowed) return
      const message = `${access.subject}: '${need.target}' not granted by ${decision.holder}`
      throw new SpellError('PERMISSION_DENIED', message)
    },
    mark: (label) => void run.labels.add(label),
    labels: () => run.labels,
  }
}
