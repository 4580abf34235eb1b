import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import type { CallRecord, RunResult } from '../contracts/run.ts'
import type {
  ScriptFunction,
  ScriptModule,
  ScriptModuleHandlers,
} from '../contracts/script-module.ts'
import { SpellError } from '../errors.ts'
import { definePlugin } from '../plugin.ts'
import type { Value } from '../values.ts'
import {
  moduleChecks,
  scriptModuleSuite,
  type ModulePlace,
  type ScriptModuleSuiteOptions,
} from './module.ts'

const home = mkdtempSync(join(tmpdir(), 'llmspell-module-suite-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
let made = 0

const add: ScriptFunction = {
  doc: 'Adds a number.',
  since: '1.0.0',
  effect: 'pure',
  params: [{ name: 'by', schema: { type: 'integer' } }],
  result: { type: 'integer' },
  errors: ['INPUT_INVALID'],
  examples: [{ lua: 'Counter.add(1)', javascript: 'await Counter.add(1)' }],
}
const module = (more: Partial<ScriptModule> = {}): ScriptModule => ({
  name: 'Counter',
  version: '1.0.0',
  doc: 'Counts.',
  functions: { add },
  ...more,
})
const handlers: ScriptModuleHandlers = { functions: { add: () => 1 } }
const withAdd = (more: Partial<ScriptFunction>) =>
  module({ functions: { add: { ...add, ...more } } })
const without = (key: keyof ScriptFunction) => {
  const { [key]: _, ...rest } = add
  return module({ functions: { add: rest as ScriptFunction } })
}

/** A plugin of a folder of its own with one module, and what the suite needs of it. */
function given(
  described: ScriptModule = module(),
  value: ScriptModuleHandlers = handlers,
): ScriptModuleSuiteOptions {
  const folder = join(home, `p${made++}`)
  const contributes = { 'script-modules': [{ name: 'Counter', doc: 'Counts.', module: described }] }
  const manifest = { manifest: 1, id: 'some', main: './index.js', phase: 'core', contributes }
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'some', llmspell: manifest }))
  const plugin = definePlugin({
    setup: (ctx) => ctx.contribute('script-modules', 'Counter', value),
  })
  return { package: pathToFileURL(`${folder}/`), name: 'Counter', plugin }
}

const OUTCOME: CallRecord['outcome'] = { ok: true, value: 1 }
const RESULT: RunResult = {
  runId: 'r',
  value: 1,
  output: '',
  calls: 1,
  usage: { inputTokens: 0, outputTokens: 0, cost: 0 },
  durationMs: 1,
  journal: [],
}

/** What a house recorded, as the suite reads it. */
function told(outcome: CallRecord['outcome'] = OUTCOME, replayed: Value = 1, identical = true) {
  const facts = {
    seq: 0,
    module: 'Counter',
    function: 'add',
    actor: 'script',
    args: [],
    durationMs: 1,
  }
  const place: ModulePlace = {
    engines: [{ name: 'lua', language: 'lua' }],
    handlers: () => handlers,
    runtime: {
      run: () => Promise.resolve({ ...RESULT, journal: [{ ...facts, outcome }] }),
      replay: () =>
        Promise.resolve({ result: { ...RESULT, value: replayed }, report: { identical } as never }),
    },
  }
  return { ...given(), open: () => place }
}

async function failing(options: ScriptModuleSuiteOptions): Promise<Record<string, string>> {
  const failed: Record<string, string> = {}
  for (const { name, run, skip } of moduleChecks(options)) {
    if (skip !== undefined) continue
    try {
      await run()
    } catch (error) {
      failed[name] = (error as Error).message
    }
  }
  return failed
}

scriptModuleSuite(given())

describe('the suite of script modules', () => {
  const VALID = 'its description is valid'
  const RUN = 'add: its examples run'
  const lies: ScriptModuleHandlers = { ...handlers, validators: { add: () => true } }
  const error = { code: 'NOBODY_KNOWS', message: 'Oh.' }

  test.each<[string, string, ScriptModuleSuiteOptions, string]>([
    ['of another name', VALID, given(module({ name: 'Other' })), "calls itself 'Other'"],
    ['without a version', VALID, given(module({ version: 'new' })), 'no version'],
    ['without a doc', VALID, given(module({ doc: '' })), 'no doc'],
    ['of camelCase', VALID, given(module({ functions: { addTo: add } })), 'not snake_case'],
    [
      'with an odd parameter',
      VALID,
      given(withAdd({ params: [{ name: 'By', schema: {} }] })),
      "'By'",
    ],
    ['with a wrong schema', VALID, given(withAdd({ result: { type: 'intger' } })), 'is wrong'],
    ['with a lost fallback', VALID, given(module({ fallback: 'gone' })), "'gone'"],
    [
      'with a lost builder',
      VALID,
      given(withAdd({ builder: { call: 'gone', methods: {} } })),
      "'gone'",
    ],
    [
      'that needs for nothing',
      VALID,
      given(withAdd({ needs: [{ permission: 'net', param: 'url' }] })),
      "'url'",
    ],
    [
      'that iterates nothing',
      VALID,
      given(module({ handles: { Door: { doc: 'A door.', methods: {}, iterates: 'all' } } })),
      "'all'",
    ],
    ['that says nothing', 'every function says what it does', given(withAdd({ doc: '' })), 'add'],
    ['without a since', 'every function says since when', given(without('since')), 'add'],
    ['without examples', 'every function has an example', given(without('examples')), 'add'],
    [
      'with an example in one language',
      'every function has an example',
      given(withAdd({ examples: [{ lua: 'x', javascript: '' }] })),
      'add',
    ],
    ['without an effect', 'every function states its effect', given(without('effect')), 'add'],
    [
      'with an unknown code',
      'every code that a function names',
      given(withAdd({ errors: ['NOBODY_KNOWS'] })),
      'NOBODY_KNOWS',
    ],
    ['without a handler', 'there is a handler for each', given(module(), { functions: {} }), 'add'],
    [
      'with a handler too many',
      'there is a handler for each',
      given(module(), { functions: { ...handlers.functions, more: () => 1 } }),
      'more',
    ],
    [
      'that checks nothing',
      'arguments are checked',
      given(module(), lies),
      "'add' checks {} otherwise",
    ],
    ['whose results are something else', RUN, told({ ok: true, value: 'one' }), 'add gave "one"'],
    ['whose results are no data', RUN, told({ ok: true, value: (() => 1) as never }), 'function'],
    ['that fails with an unknown code', RUN, told({ ok: false, error }), "'NOBODY_KNOWS'"],
    ['whose replay says something else', 'add: a replay answers', told(OUTCOME, 2), 'deep'],
    ['whose replay goes elsewhere', 'add: a replay answers', told(OUTCOME, 1, false), 'differs'],
  ])('finds one %s', async (_, check, options, text) => {
    const failed = await failing(options)
    const found = Object.entries(failed).find(([name]) => name.startsWith(check))
    expect(found?.[1] ?? failed).toContain(text)
  })

  test('finds one whose examples do not run', async () => {
    const options = told()
    const run = () => Promise.reject(new SpellError('SCRIPT_FAILED', 'It broke.'))
    const open = () => ({ ...options.open(), runtime: { ...options.open().runtime, run } })
    expect(Object.values(await failing({ ...options, open }))).toEqual(['It broke.', 'It broke.'])
  })

  test('takes one that is right, with and without a runtime', async () => {
    expect(await failing(given())).toEqual({})
    expect(await failing(told())).toEqual({})
    expect(moduleChecks(given()).filter(({ skip }) => skip)).toHaveLength(2)
  })
})
