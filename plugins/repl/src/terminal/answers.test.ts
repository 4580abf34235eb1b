import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { TerminalInput } from './answers.ts'

const ANSWER = '\u001B[?62;4;22c'

function terminal(): { readonly input: TerminalInput; readonly keys: PassThrough; typed: string } {
  const keys = new PassThrough()
  const input = new TerminalInput(keys)
  const found = { input, keys, typed: '' }
  input.on('data', (chunk: Buffer) => (found.typed += String(chunk)))
  return found
}

test.each([
  [[ANSWER]],
  [ANSWER.split('')],
  [['a', ANSWER, 'bé']],
  [[`a\u001B`, '[?62;4;22cb', 'é']],
])('an answer in the pieces %j is told, and not typed', async (pieces) => {
  const found = terminal()
  const said = await found.input.ask(() => pieces.forEach((piece) => found.keys.write(piece)), 5000)
  expect(said).toBe(ANSWER)
  await expect.poll(() => found.typed).toBe(pieces.join('').replace(ANSWER, ''))
})

test('a terminal that says nothing is not waited for, and its keys arrive', async () => {
  const found = terminal()
  expect(await found.input.ask(() => found.keys.write('x\u001B['), 20)).toBe('')
  await expect.poll(() => found.typed).toBe('x\u001B[')
  found.keys.write(`${ANSWER}y`)
  await expect.poll(() => found.typed).toBe('x\u001B[y')
})
