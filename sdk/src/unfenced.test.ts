import { expect, test } from 'vitest'
import { unfenced } from './unfenced.ts'

test.each([
  ['{"a":1}', '{"a":1}'],
  [' ```json\n{"a":1}\n``` ', '{"a":1}'],
  ['```\n[1]```', '[1]'],
  ['so: ```json\n{}\n```', 'so: ```json\n{}\n```'],
  ['```a```b```', '```a```b```'],
  ['so {"a":1} ```', 'so {"a":1} ```'],
  ['``````', ''],
])('%j', (text, found) => {
  expect(unfenced(text)).toBe(found)
})

test('takes no longer for a text that only begins like one', () => {
  const started = performance.now()
  unfenced('```' + '\n'.repeat(1_000_000) + 'x')
  expect(performance.now() - started).toBeLessThan(500)
})
