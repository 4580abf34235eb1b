import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { camel } from '@llmspell/sdk/types-of'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { House } from '../support/kernel.ts'
import { apiOfHouse } from '../support/script-api.ts'
import { engines, openAll, type Engine } from './engines.ts'
import { outcome, plain, type Outcome } from './run.ts'
import type { Scenario } from './scenario.ts'
import { AGENT } from './scenarios/agent.ts'
import { ASYNC } from './scenarios/async.ts'
import { CHECKS } from './scenarios/checks.ts'
import { EVENT } from './scenarios/event.ts'
import { HOOK } from './scenarios/hook.ts'
import { LANGUAGE } from './scenarios/language.ts'
import { ARTIFACT } from './scenarios/artifact.ts'
import { MEDIA } from './scenarios/media.ts'
import { OTHERS } from './scenarios/others.ts'
import { SECRET } from './scenarios/secret.ts'
import { SESSION, STATE } from './scenarios/state.ts'
import { TOOL } from './scenarios/tool.ts'
import { WORKFLOW } from './scenarios/workflow.ts'

const SCENARIOS: readonly Scenario[] = [
  ...AGENT,
  ...TOOL,
  ...WORKFLOW,
  ...ARTIFACT,
  ...OTHERS,
  ...SECRET,
  ...STATE,
  ...SESSION,
  ...ASYNC,
  ...LANGUAGE,
  ...MEDIA,
  ...HOOK,
  ...EVENT,
  ...CHECKS,
]
const ENGINES = await engines()
const [FIRST, ...OTHER_ENGINES] = ENGINES

let house: House
let root = ''
beforeAll(async () => {
  house = await openAll()
  root = mkdtempSync(join(tmpdir(), 'llmspell-parity-'))
  writeFileSync(join(root, 'notes.txt'), 'Lamps: three.\nKettles: one.\n')
  writeFileSync(join(root, '.env'), 'TOKEN=tok_0123456789\nOTHER=oth_0123456789\n')
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  rmSync(root, { recursive: true, force: true })
})

const known = new Map<string, Promise<Outcome>>()

/** Each scenario runs once in each engine. */
function ran(engine: Engine, scenario: Scenario): Promise<Outcome> {
  const id = `${engine.name} ${scenario.name}`
  const found = known.get(id) ?? outcome(house, engine, scenario, root)
  known.set(id, found)
  return found
}

test('there are engines of both languages', () => {
  const languages = new Set(ENGINES.map(({ language }) => language))
  expect([...languages].sort()).toEqual(['javascript', 'lua'])
  expect(FIRST!.name).toBe('lua')
})

describe.each(SCENARIOS)('a script that $name', (scenario) => {
  test.each(ENGINES)('ends as it must in $name', async (engine) => {
    const { value, error } = await ran(engine, scenario)
    expect(value).toEqual(scenario.value === undefined ? value : plain(scenario.value))
    expect((error as { code?: string } | undefined)?.code).toBe(codeOf(scenario, error))
  })

  test.each(OTHER_ENGINES)(`is in $name what it is in ${FIRST!.name}`, async (engine) => {
    const first = await ran(FIRST!, scenario)
    expect(await ran(engine, scenario)).toEqual(first)
  })
})

/** A scenario that says no code may end in an error, but in the same one everywhere. */
function codeOf({ value, error }: Scenario, found: unknown): string | undefined {
  if (error !== undefined || value !== undefined) return error
  return (found as { code?: string } | undefined)?.code
}

/** Every function and method, as `covers` names them, with its kind. */
function described(): Map<string, string> {
  const rows = apiOfHouse(house)
    .modules.filter(({ name }) => name !== 'Probe')
    .flatMap(({ name, functions, handles }) => [
      ...functions.map((fn) => [`${name}.${fn.name}`, fn.kind] as const),
      ...handles.flatMap((handle) =>
        handle.methods.map((fn) => [`${name}.${handle.name}.${fn.name}`, fn.kind] as const),
      ),
    ])
  return new Map(rows)
}

describe('the table', () => {
  test('has a scenario for every function of every module and handle', () => {
    const covered = new Set(SCENARIOS.flatMap(({ covers }) => covers))
    expect([...described().keys()].filter((name) => !covered.has(name))).toEqual([])
  })

  test('names nothing that is not described', () => {
    const names = SCENARIOS.flatMap(({ covers }) => covers)
    expect(names.filter((name) => !described().has(name))).toEqual([])
  })

  test.each(SCENARIOS.filter(({ covers }) => covers.length > 0))(
    'is true of a script that $name',
    async (scenario) => {
      for (const engine of ENGINES) {
        const { calls } = await ran(engine, scenario)
        const made = new Set(calls.map((row) => (row as { call: string }).call))
        const lost = scenario.covers.filter((name) => !isSeen(name, scenario, made))
        expect(lost).toEqual([])
      }
    },
  )
})

/** A call is in the journal; what never leaves the engine stands in both texts. */
function isSeen(name: string, { lua, javascript }: Scenario, made: ReadonlySet<string>): boolean {
  const last = name.split('.').at(-1)!
  const kind = described().get(name)
  const isCall = kind === 'call' && !name.startsWith('Async.')
  if (isCall && made.has(name)) return true
  // A call that is refused before it is made leaves no trace but the error.
  const written = lua.includes(last) && javascript.includes(camel(last))
  return written || (name === 'Tool.execute' && made.has(name))
}
