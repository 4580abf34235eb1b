import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ROOT } from '../support/root.ts'

const run = promisify(execFile)

test('the example host runs a script with a tool of its own and ends by itself', async () => {
  const file = join(ROOT, 'examples', 'embed-host', 'src', 'index.ts')
  const { stdout, stderr } = await run(process.execPath, [file], { timeout: 20_000 })
  const [value, calls] = stdout.trim().split('\n')
  expect(JSON.parse(value!)).toEqual({ lamps: 12, answer: expect.stringContaining('3') })
  expect(calls).toMatch(/^\d+ calls through the door$/)
  expect(stderr).toContain("agent 'clerk'")
})
