// What a call through the door costs, against the same call without a door and against the raw library.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ScriptEngine, SessionOptions } from '@llmspell/sdk'
import { openHouse } from '../support/kernel.ts'
import { probePlugin } from '../support/probe.ts'
import { ROOT } from '../support/root.ts'
import { inTurn, median, report, times } from './support.ts'

const CALLS = 20_000
const ROUNDS = 11
const LOOP = `local f = ... local n = 0 for i = 1, ${CALLS} do n = n + Probe.echo(i) end return n`
const WANTED = (CALLS * (CALLS + 1)) / 2

const { plugin } = probePlugin()
const house = await openHouse(['permissions', 'files', 'engine-lua', 'script-runtime'], [plugin])
const { engine } = (await import(join(ROOT, 'plugins/engine-lua/dist/index.js'))) as {
  engine: ScriptEngine
}
const fromEngine = createRequire(join(ROOT, 'plugins/engine-lua/package.json'))
const { LuaFactory } = (await import(fromEngine.resolve('wasmoon'))) as typeof import('wasmoon')

function check(value: unknown): void {
  if (value !== WANTED) throw new Error(`expected ${WANTED}, found ${String(value)}`)
}

async function door(isolation: 'inline' | 'worker'): Promise<number> {
  const source = `local t = Run.now() ${LOOP.replace('return n', 'return { n, Run.now() - t }')}`
  const { value } = await house.runtime.run({ source, file: 'a.lua', isolation })
  const [sum, took] = value as [number, number]
  check(sum)
  return took
}

const module = {
  name: 'Probe',
  version: '1.0.0',
  doc: '',
  functions: { echo: { doc: '', params: [{ name: 'value', schema: {} }] } },
}

/** The engine with a host that answers at once: the binding alone. */
async function binding(): Promise<number> {
  const options: SessionOptions = {
    facts: { runId: 'r', script: 'a.lua', args: [], seed: 's', startedAt: Date.now() },
    limits: { memoryBytes: 64 * 1024 * 1024 },
    modules: ['Probe'],
    describe: () => module,
    locals: {},
    field: () => undefined,
    call: ({ args }) => ({ ok: true, value: args[0] }),
    callInPlace: ({ args }) => ({ ok: true, value: args[0] }),
    notify: () => {},
    write: () => {},
    enter: (fn) => fn(),
  }
  const session = await engine.open(options)
  const started = performance.now()
  check(await session.run({ source: LOOP, file: 'a.lua' }))
  const took = performance.now() - started
  await session.close()
  return took
}

async function wasmoon(): Promise<number> {
  const lua = await new LuaFactory().createEngine()
  lua.global.set('Probe', { echo: (value: number) => value })
  const started = performance.now()
  check(await lua.doString(LOOP))
  const took = performance.now() - started
  lua.global.close()
  return took
}

const sides = [
  { name: 'binding of engine-lua, no door', run: binding },
  { name: "raw library's own call (wasmoon)", run: wasmoon },
  { name: 'door, inline', run: () => door('inline') },
  { name: 'door, worker', run: () => door('worker') },
]
const all = await inTurn(sides, ROUNDS)
const raw = median(all[1]!)
report(
  `Host call (${CALLS} calls that answer at once)`,
  sides.map(({ name }, i) => {
    const took = median(all[i]!)
    return {
      what: name,
      figure: `${((took * 1000) / CALLS).toFixed(2)} us a call, ${times(took / raw)} the raw library`,
    }
  }),
)
await house[Symbol.asyncDispose]()
