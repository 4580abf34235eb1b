import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import { inPlace, inTemp, runChild, type Ended } from './child.ts'
import { contractConfig, contractFile, type ContractParts } from './file.ts'
import type { Fault } from './start.ts'

/** ms; a tool that never ends would keep a whole run otherwise. */
const CONTRACT_LIMIT = 150_000
const OWN_LIMIT = 900_000

/** One test that ran, or was skipped. */
export interface RanTest {
  /** The block that it stands in: its place in the plan. */
  readonly place: string
  readonly name: string
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly failure?: string
}

/** What came of a run. */
export interface Ran {
  readonly tests: readonly RanTest[]
  /** What failed beside single tests. */
  readonly faults: readonly Fault[]
}

interface Told {
  readonly testResults?: readonly {
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/**
 * Runs the contract of a plugin with the vitest of a project.
 * @param base folder that vitest and the test kit are found from
 */
export function runContract(parts: ContractParts, base: string, program: string): Promise<Ran> {
  const home = join(base, 'node_modules', '.llmspell')
  mkdirSync(home, { recursive: true })
  const modules = dirname(home)
  const tidy = (): void => [home, join(modules, '.vite-temp'), modules].forEach(removeEmpty)
  return inPlace(home, 'contract-', tidy, (place) => {
    writeFileSync(join(place, 'contract.test.mjs'), contractFile(parts))
    writeFileSync(join(place, 'vitest.config.mjs'), contractConfig(place))
    const config = ['--config', join(place, 'vitest.config.mjs')]
    return run(program, place, CONTRACT_LIMIT, config)
  })
}

/** Leaves what others have put there. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // It is not empty.
  }
}

/** Runs a plugin's own tests, as its own config says. @throws VITEST_MISSING */
export async function runOwn(folder: string): Promise<Ran> {
  const program = vitestOf(folder)
  const { tests, faults } = await run(program, folder, OWN_LIMIT, [])
  const ran = faults.length > 0 || tests.some(({ status }) => status !== 'skipped')
  const idle = { text: 'Of its tests none passed: there are none, or all were skipped.' }
  return { tests, faults: ran ? faults : [idle] }
}

function run(program: string, cwd: string, limit: number, more: readonly string[]): Promise<Ran> {
  return inTemp(async (temp) => {
    const file = join(temp, 'result.json')
    const out = ['--reporter=default', '--reporter=json', `--outputFile=${file}`]
    const ended = await runChild([program, 'run', ...more, ...out], { cwd, temp, limit })
    const told = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Told) : {}
    const tests = testsOf(told)
    return { tests, faults: faultsOf(told, tests, ended, limit) }
  })
}

function testsOf({ testResults = [] }: Told): RanTest[] {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  return tests.map(({ ancestorTitles, title, status, failureMessages }) => ({
    place: ancestorTitles[0] ?? '',
    name: [...ancestorTitles.slice(1), title].join(' › '),
    status: status === 'passed' || status === 'failed' ? status : 'skipped',
    ...(status === 'failed' ? { failure: failureMessages?.[0] ?? '' } : {}),
  }))
}

/** What made the run bad beside single tests: a file, a hook, an error outside of any test, or the end of the process. */
function faultsOf(told: Told, tests: readonly RanTest[], ended: Ended, limit: number): Fault[] {
  if (ended.late) return [{ text: `The tests did not end within ${limit / 1000} s.` }]
  const { testResults = [] } = told
  const files = testResults.filter(({ status, assertionResults }) => {
    return status === 'failed' && !assertionResults.some((one) => one.status === 'failed')
  })
  const failed = tests.some(({ status }) => status === 'failed')
  const why = reasonIn(ended.said)
  if (files.length > 0) return [{ text: `Not all tests could run: ${files[0]!.message || why}` }]
  if (ended.code !== 0 && !failed) return [{ text: `The run of the tests failed: ${why}` }]
  const strays = /^Unhandled Errors?\b|Unhandled (?:Errors|Rejection|Error)/m.test(ended.said)
  if (ended.code !== 0 && strays) return [{ text: `An error was outside of any test: ${why}` }]
  return []
}

function reasonIn(said: string): string {
  const lines = said.split('\n').map((line) => line.trim())
  const found = lines.find((line) => /^(?:FAIL\b.*)?\w*Error\b.*:/.test(line))
  return found ?? lines.filter(Boolean).at(-1) ?? 'it said nothing.'
}

/** The program of the vitest that a folder finds. @throws VITEST_MISSING */
export function vitestOf(base: string): string {
  try {
    const found = createRequire(join(base, 'package.json')).resolve('vitest/package.json')
    return join(dirname(found), 'vitest.mjs')
  } catch {
    const text = `There is no vitest to run the contract with: searched from '${base}'.`
    const hint = 'Install it beside the plugin: npm install --save-dev vitest @llmspell/sdk'
    throw new SpellError('VITEST_MISSING', text, { hint })
  }
}
