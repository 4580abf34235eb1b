import { writeSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { err, out } from './output.ts'

vi.mock('node:fs', () => ({ writeSync: vi.fn((_: number, bytes: Buffer) => bytes.length) }))

const { stdout, stderr } = process
const was = [stdout.isTTY, stderr.isTTY]
afterEach(() => {
  ;[stdout.isTTY, stderr.isTTY] = was as [boolean, boolean]
})

/** All that was written since the last look, as `fd:text`. */
function written(): string[] {
  const calls = vi.mocked(writeSync).mock.calls.splice(0) as unknown as [number, Buffer][]
  return calls.map(([fd, bytes]) => `${fd}:${bytes.toString('utf8')}`)
}

test.each([
  ['an open line of the same terminal', true, 'half', ['1:half', '1:\n', '2:error\n']],
  ['a whole line', true, 'whole\n', ['1:whole\n', '2:error\n']],
  ['a pipe', false, 'half', ['1:half', '2:error\n']],
])('an error after %s', (_, terminal, text, expected) => {
  stdout.isTTY = terminal
  stderr.isTTY = true
  out(text)
  out('')
  err('error\n')
  expect(written()).toEqual(expected)
})
