import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unifiedDiff } from './diff.ts'

/** What `patch` would make of it; undefined where it does not fit. */
function patched(before: string, diff: string): string | undefined {
  const lines = before.split('\n')
  const result: string[] = []
  let at = 0
  for (const line of diff.split('\n').slice(2)) {
    const start = /^@@ -(\d+),/.exec(line)?.[1]
    const text = line.slice(1)
    if (start !== undefined) while (at < Number(start) - 1) result.push(lines[at++]!)
    else if (line.startsWith('+')) result.push(text)
    else if (lines[at++] !== text) return undefined
    else if (line.startsWith(' ')) result.push(text)
  }
  return [...result, ...lines.slice(at)].join('\n')
}

const texts = fc
  .array(fc.constantFrom('a', 'b', 'c', '', '}'), { maxLength: 40 })
  .map((l) => l.join('\n'))

test('a diff makes the one text of the other', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const diff = unifiedDiff(before, after, ['a', 'b'])
      expect(diff === '' ? before : patched(before, diff)).toBe(after)
    }),
    { numRuns: 500 },
  )
})

test('only what is near a change is shown, also of long texts', () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `line ${i}`)
  const changed = lines.with(2500, 'another')
  const diff = unifiedDiff(lines.join('\n'), changed.join('\n'), ['old', 'new'])
  expect(diff.split('\n')).toHaveLength(2 + 1 + 8)
  expect(diff).toContain('@@ -2498,7 +2498,7 @@')
  expect(diff).toContain('-line 2500\n+another')
})
