import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import * as kernel from '../src/index.ts'

const folder = join(import.meta.dirname, '..')
const text = readFileSync(join(folder, 'README.md'), 'utf8')
const examples = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)

test.concurrent.each(examples.map((code, index) => [index + 1, code] as const))(
  'example %i of the README runs',
  async (_, code) => {
    const args = [
      '--conditions=@llmspell/source',
      '--no-warnings',
      '--input-type=module-typescript',
      '-e',
      code,
    ]
    const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder })
    expect(stderr).toBe('')
  },
)

test('every public name has its example', () => {
  const shown = examples.join('\n')
  expect(Object.keys(kernel).filter((name) => !new RegExp(`\\b${name}\\b`).test(shown))).toEqual([])
})
