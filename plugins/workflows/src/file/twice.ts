import type * as yaml from 'yaml'
import type { Problem } from '../check/index.ts'
import { quoted } from '../check/problem.ts'

/** Keys that a table has twice, with the offset of the second. */
export function keysTwice(
  document: yaml.Document,
  { visit, isScalar }: typeof yaml,
): readonly { readonly problem: Problem; readonly at: number }[] {
  const found: { problem: Problem; at: number }[] = []
  visit(document, {
    Map(_key, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) found.push({ problem: twice(key), at: key.range?.[0] ?? 0 })
        seen.add(key.value)
      }
    },
  })
  return found
}

function twice({ value }: yaml.Scalar): Problem {
  const name = quoted(String(value as string))
  return { path: '', kind: 'syntax', message: `The key ${name} stands twice in one table.` }
}
