import assert from 'node:assert/strict'
import type { CallRecord, RunRequest, RunResult } from '../contracts/run.ts'
import { HOST_CODES } from '../generated/host-codes.ts'
import type { Schema, Validator } from '../validation.ts'
import { checkValue, type Value } from '../values.ts'
import { testChecks, type ContractCheck } from './check.ts'
import { ModuleBench, type NamedFunction, type ScriptModuleSuiteOptions } from './module-bench.ts'
import { argumentsOf, defsOf, describedFaults } from './module-faults.ts'
import { sampleOf } from './sample.ts'
import { compile, errorCodes } from './tool-bench.ts'

export type { ModulePlace, ScriptModuleSuiteOptions } from './module-bench.ts'

/**
 * The contract of a script module as tests: call it in a test file of the plugin.
 *
 * @example
 * scriptModuleSuite({ package: new URL('../', import.meta.url), plugin, name: 'Counter' })
 */
export function scriptModuleSuite(options: ScriptModuleSuiteOptions): void {
  testChecks(`the contract of the script module '${options.name}'`, moduleChecks(options))
}

/** What `scriptModuleSuite` asks for, one by one. */
export function moduleChecks(options: ScriptModuleSuiteOptions): readonly ContractCheck[] {
  const bench = new ModuleBench(options)
  return [
    ...paperChecks(bench),
    ...handlerChecks(bench),
    ...bench.seen.flatMap((one) => exampleChecks(bench, one)),
  ]
}

function paperChecks(bench: ModuleBench): ContractCheck[] {
  const missing = (what: (one: NamedFunction) => unknown) => () =>
    none(bench.seen.filter((one) => !what(one)))
  const languages = ({ fn: { examples = [] } }: NamedFunction): boolean =>
    examples.some(({ lua, javascript }) => lua && javascript)
  const stated = ({ fn: { kind = 'call', effect } }: NamedFunction): unknown =>
    kind !== 'call' || effect
  return [
    {
      name: 'its description is valid',
      run: async () => assert.deepEqual(await describedFaults(bench), []),
    },
    { name: 'every function says what it does', run: missing(({ fn }) => fn.doc) },
    { name: 'every function says since when', run: missing(({ fn }) => fn.since) },
    { name: 'every function has an example in Lua and JavaScript', run: missing(languages) },
    {
      name: 'every function states its effect',
      run: () => none(bench.functions.filter((one) => !stated(one))),
    },
    { name: 'every code that a function names is one', run: () => knownCodes(bench) },
  ]
}

function handlerChecks(bench: ModuleBench): ContractCheck[] {
  const { open, plugin } = bench.options
  const skip = open || plugin ? undefined : 'there is no plugin to set up'
  return [
    { name: 'there is a handler for each function, and no other', run: () => handled(bench), skip },
    { name: 'arguments are checked as the description says', run: () => checked(bench), skip },
  ]
}

function exampleChecks(bench: ModuleBench, one: NamedFunction): ContractCheck[] {
  const skip = bench.options.open ? undefined : 'no runtime'
  return [
    {
      name: `${one.name}: its examples run, and give what it says`,
      run: () => examples(bench, one),
      skip,
    },
    {
      name: `${one.name}: a replay answers what a durable run was told`,
      run: () => replays(bench, one),
      skip,
    },
  ]
}

function none(functions: readonly NamedFunction[]): void {
  assert.deepEqual(
    functions.map(({ name }) => name),
    [],
  )
}

function knownCodes(bench: ModuleBench): void {
  const known = codesOf(bench)
  const unknown = bench.functions.flatMap(({ name, fn }) =>
    (fn.errors ?? []).filter((code) => !known.has(code)).map((code) => `${name}: ${code}`),
  )
  assert.deepEqual(unknown, [], 'no plugin contributes these to errors')
}

const codesOf = ({ manifest, options }: ModuleBench): ReadonlySet<string> =>
  new Set([...HOST_CODES, ...errorCodes(manifest), ...(options.codes ?? [])])

async function handled(bench: ModuleBench): Promise<void> {
  const { functions } = await bench.handlers()
  const wanted = bench.functions.filter(({ fn }) => fn.kind !== 'local').map(({ name }) => name)
  assert.deepEqual(Object.keys(functions).sort(), wanted.sort())
}

async function checked(bench: ModuleBench): Promise<void> {
  const { validators = {} } = await bench.handlers()
  for (const { name, fn } of bench.functions) {
    const own = validators[name]
    if (!own) continue
    const schema = argumentsOf(fn, bench.module)
    const said = await compile(schema)
    for (const value of samplesOf(schema)) {
      const wanted = said(structuredClone(value))
      const text = `'${name}' checks ${JSON.stringify(value)} otherwise`
      assert.equal(own(structuredClone(value)), wanted, text)
    }
  }
}

/** Arguments as objects by name. Functions, handles and the like are no data: only a house has some. */
function samplesOf(schema: Schema): readonly unknown[] {
  if (/"x-[a-z]+"/.test(JSON.stringify(schema))) return [{}]
  return [{}, sampleOf(schema), sampleOf(schema, true)]
}

async function examples(bench: ModuleBench, one: NamedFunction): Promise<void> {
  for (const run of await runsOf(bench, one)) {
    for (const record of (await run()).journal) await recorded(bench, record)
  }
}

/** The examples of a function in each engine, as runs to be made. */
async function runsOf(bench: ModuleBench, { fn }: NamedFunction, engines = Infinity) {
  const place = await bench.place()
  const usable = place.engines.filter(
    ({ language }) => language === 'lua' || language === 'javascript',
  )
  assert(usable.length > 0, 'no engine that runs examples')
  return usable.slice(0, engines).flatMap(({ name, language }) =>
    (fn.examples ?? []).map((example) => (more: Partial<RunRequest> = {}): Promise<RunResult> => {
      const source = language === 'lua' ? example.lua : example.javascript
      return place.runtime.run({ file: 'example', engine: name, ...place.request, source, ...more })
    }),
  )
}

async function recorded(bench: ModuleBench, record: CallRecord): Promise<void> {
  const { module, functions } = bench
  if (record.module !== module.name) return
  const found = functions.find(({ name }) => name === record.function)
  if (!found) return
  const { outcome } = record
  if (!outcome.ok) return declared(bench, found, outcome.error.code)
  await fitting(bench, found, outcome.value)
}

const results = new WeakMap<object, Promise<Validator>>()

async function fitting(
  bench: ModuleBench,
  { name, fn }: NamedFunction,
  value: Value,
): Promise<void> {
  assert.equal(checkValue(value), value)
  // Of a large one the record only says how large.
  const omitted = typeof value === 'object' && value !== null && 'omitted' in value
  if (!fn.result || value === null || omitted) return
  const known = results.get(fn) ?? compile({ ...fn.result, ...defsOf(bench.module) })
  results.set(fn, known)
  const fits = await known
  const fault = fits(structuredClone(value)) ? undefined : fits.errors?.[0]?.message
  assert.equal(fault, undefined, `${name} gave ${JSON.stringify(value)}: ${fault}`)
}

function declared(bench: ModuleBench, { name }: NamedFunction, code: string): void {
  assert(codesOf(bench).has(code), `${name} failed with '${code}', which no plugin contributes`)
}

async function replays(bench: ModuleBench, one: NamedFunction): Promise<void> {
  const { durable = true, runtime } = await bench.place()
  if (!durable || one.fn.kind === 'local') return
  const [run] = await runsOf(bench, one, 1)
  if (!run) return
  const ended = await run({ durable: { waitMs: 1 } }).catch((error: unknown) => {
    const { code = '' } = error as { readonly code?: string }
    // It says itself that this is nothing for a durable run, or waits for somebody.
    if (code !== 'RUN_WAITING' && !errorCodes(bench.manifest).has(code)) throw error
  })
  if (!ended) return
  const { report, result } = await runtime.replay(ended.runId)
  assert(report.identical, `the replay differs: ${JSON.stringify(report.difference)}`)
  assert.deepEqual(result?.value, ended.value)
}
