import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { StepDefinition, Value, WorkflowScope } from '@llmspell/sdk'
import type { Chain } from '../peers.ts'
import { ROOT } from '../../support/root.ts'

/** Does the thing once, and gives what came of it. */
export type Once = () => Promise<unknown>

const SOURCE = 'return 6 * 7'
const STEPS = 10

async function kernel(): Promise<Once> {
  const { createKernel } = await import('@llmspell/kernel')
  const file = join(ROOT, 'cli', 'runtime', 'package.json')
  const config = { plugins: { state: { store: 'memory' } } }
  const made = createKernel({ packages: { file }, config })
  await made.start()
  const runtime = await made.use('script-runtime')
  return async () => (await runtime.run({ source: SOURCE, file: 'a.lua' })).value
}

async function face(profile: 'full' | 'tools', engine: string): Promise<Once> {
  const { createRuntime } = await import('@llmspell/runtime')
  const runtime = createRuntime({ profile })
  const source = engine === 'lua' ? SOURCE : 'export default 6 * 7'
  return async () => (await runtime.run({ source, engine })).value
}

async function library(engine: string): Promise<Once> {
  const { LIBRARIES } = await import('../engines/raw.ts')
  return async () => {
    const state = await LIBRARIES[engine]!.open()
    const work = { name: 'one', lua: SOURCE, javascript: SOURCE, value: 42 }
    const value = await state.run(work)
    state.close()
    return value
  }
}

const last = (scope: Value): Value => {
  const { steps } = scope as unknown as WorkflowScope
  const values = Object.values(steps)
  return ((values.at(-1)?.output ?? 32) as number) + 1
}

async function workflow(): Promise<Once> {
  const { createRuntime } = await import('@llmspell/runtime')
  const runtime = createRuntime({ profile: 'agents' })
  const steps = Array.from({ length: STEPS }, (_, i): StepDefinition => ({
    name: `step${i}`,
    run: async (scope: Value) => last(scope),
  }))
  return async () => (await runtime.workflow({ name: 'ten', type: 'sequential', steps })).result
}

async function peer(name: string): Promise<Once> {
  Object.assign(process.env, { LANGSMITH_TRACING: 'false', MASTRA_TELEMETRY_DISABLED: '1' })
  const { href } = pathToFileURL(join(ROOT, 'test', 'bench', 'peers', `${name}.mjs`))
  const { open } = (await import(href)) as { open(options: object): Promise<Chain> }
  const chain = await open({ steps: STEPS })
  return async () => 32 + (await chain.run())
}

/** Ways to do it, by name: each loads no more than it needs. */
export const SIDES: Readonly<Record<string, () => Promise<Once>>> = {
  'kernel, lua': kernel,
  'runtime, lua': () => face('full', 'lua'),
  "runtime, lua, profile 'tools'": () => face('tools', 'lua'),
  'wasmoon, a state for each': () => library('lua'),
  'runtime, javascript': () => face('full', 'javascript'),
  'quickjs-emscripten, a context for each': () => library('javascript'),
  'runtime, workflow of ten steps': workflow,
  'LangGraph, graph of ten nodes': () => peer('langgraph'),
  'Mastra, workflow of ten steps': () => peer('mastra'),
}
