// npm test, after the setup: all static checks side by side, then vitest.
import './check-node.mjs'
import { run, toolPath } from './run.mjs'

const tsc = toolPath('typescript', 'tsc')

const checks = [
  { name: 'lint', steps: [[toolPath('oxlint'), '--deny-warnings']], hint: 'npm run lint' },
  { name: 'format', steps: [[toolPath('oxfmt'), '--check']], hint: 'npm run format' },
  {
    name: 'generated files',
    steps: [['--conditions=@llmspell/source', '.build/generate.mjs', '--check']],
    hint: 'npm run generate',
  },
  {
    name: 'types',
    steps: [
      [tsc, '-b'],
      [tsc, '-p', 'tsconfig.test.json'],
    ],
    hint: 'npm run typecheck',
  },
]

async function check({ name, steps, hint }) {
  const started = Date.now()
  for (const step of steps) {
    const { code, output } = await run(step)
    if (code !== 0) {
      process.stderr.write(`check: ${name} FAILED (${hint})\n${output.trimEnd()}\n`)
      return false
    }
  }
  process.stderr.write(`check: ${name} ok (${((Date.now() - started) / 1000).toFixed(1)} s)\n`)
  return true
}

const results = await Promise.all(checks.map(check))
const given = process.argv.slice(2)
// Long suites look at this, in whatever process they run.
if (given.includes('--full')) process.env.LLMSPELL_TEST_FULL = '1'
const rest = given.filter((arg) => arg !== '--full')
const tests = await run([toolPath('vitest'), 'run', ...rest], { inherit: true })
const failed = checks.filter((_, index) => !results[index]).map((entry) => entry.name)
if (failed.length > 0) process.stderr.write(`\ncheck: FAILED: ${failed.join(', ')}, see above\n`)
process.exitCode = tests.code !== 0 || failed.length > 0 ? 1 : 0
