import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '..')
const text = readFileSync(join(folder, 'README.md'), 'utf8')
const examples = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)

test.each(examples.map((code, index) => [index + 1, code] as const))(
  'example %i of the README runs',
  async (number, code) => {
    const args = ['--no-warnings', '--input-type=module-typescript', '-e', code]
    const run = promisify(execFile)(process.execPath, args, { cwd: folder, timeout: 20_000 })
    const { stdout, stderr } = await run
    expect(stderr).toBe('')
    expect(stdout).toContain(number === 1 ? '3\n' : 'PERMISSION_DENIED')
  },
)
