import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import { contractConfig, contractFile, type ContractParts } from './file.ts'

/** One test that ran, or was skipped. */
export interface RanTest {
  /** The block that it stands in: its place in the plan. */
  readonly place: string
  readonly name: string
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly failure?: string
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
 * @throws VITEST_MISSING; CONTRACT_FAILED where not even a test could begin
 */
export async function runContract(parts: ContractParts, base: string): Promise<readonly RanTest[]> {
  const program = vitestOf(base)
  const home = join(base, 'node_modules', '.llmspell')
  mkdirSync(home, { recursive: true })
  const place = mkdtempSync(join(home, 'contract-'))
  try {
    writeFileSync(join(place, 'contract.test.mjs'), contractFile(parts))
    writeFileSync(join(place, 'vitest.config.mjs'), contractConfig(place))
    return await run(program, place, ['--config', join(place, 'vitest.config.mjs')])
  } finally {
    rmSync(place, { recursive: true, force: true })
    const modules = dirname(home)
    for (const folder of [home, join(modules, '.vite-temp'), modules]) removeEmpty(folder)
  }
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
export async function runOwn(folder: string): Promise<readonly RanTest[]> {
  const program = vitestOf(folder)
  return run(program, folder, [])
}

async function run(program: string, cwd: string, more: readonly string[]): Promise<RanTest[]> {
  const out = mkdtempSync(join(tmpdir(), 'llmspell-contract-'))
  const file = join(out, 'result.json')
  try {
    const said = await vitest(
      [program, 'run', ...more, '--reporter=json', `--outputFile=${file}`],
      cwd,
    )
    if (!existsSync(file)) throw failed(said)
    return testsOf(JSON.parse(readFileSync(file, 'utf8')) as Told, said)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

function vitest(argv: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, NODE_OPTIONS: undefined }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const said: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
    child.on('error', reject)
    child.on('close', () => resolve(Buffer.concat(said).toString('utf8')))
  })
}

function testsOf({ testResults = [] }: Told, said: string): RanTest[] {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const broken = testResults.find(
    (row) => row.status === 'failed' && row.assertionResults.length === 0,
  )
  if (broken) throw failed(broken.message ?? said)
  return tests.map(({ ancestorTitles, title, status, failureMessages }) => ({
    place: ancestorTitles[0] ?? '',
    name: [...ancestorTitles.slice(1), title].join(' › '),
    status: status === 'passed' || status === 'failed' ? status : 'skipped',
    ...(status === 'failed' ? { failure: failureMessages?.[0] ?? '' } : {}),
  }))
}

function vitestOf(base: string): string {
  try {
    const found = createRequire(join(base, 'package.json')).resolve('vitest/package.json')
    return join(dirname(found), 'vitest.mjs')
  } catch {
    const text = `There is no vitest to run the contract with: searched from '${base}'.`
    const hint = 'Install it beside the plugin: npm install --save-dev vitest @llmspell/sdk'
    throw new SpellError('VITEST_MISSING', text, { hint })
  }
}

function failed(said: string): SpellError {
  const lines = said.trim().split('\n')
  const line = lines.find((text) => /error/i.test(text)) ?? lines.at(-1) ?? ''
  const text = `The contract could not be tested: ${line.trim()}`
  const hint = 'Build the plugin, and see that its main can be imported.'
  return new SpellError('CONTRACT_FAILED', text, { hint })
}
