import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RowRange } from '@llmspell/sdk/store'
import { merged } from './merge.ts'
import type { Found } from './merge.ts'

const named = (row: Buffer): string => row.toString('hex')
const bytes = fc.uint8Array({ minLength: 1, maxLength: 2 }).map((row) => Buffer.from(row))
const rows = fc.uniqueArray(bytes, { selector: named, maxLength: 40 })

/** As the server lists rows. */
function listed(all: readonly Buffer[], { gte, lt, reverse }: RowRange, count: number): Buffer[] {
  const within = all.filter((row) => row.compare(gte) >= 0 && row.compare(lt) < 0)
  return within.toSorted((a, b) => (reverse ? b.compare(a) : a.compare(b))).slice(0, count)
}

test('page by page comes what a view holds: what is still there and what has gone, not what is new', () => {
  fc.assert(
    fc.property(rows, rows, rows, fc.boolean(), fc.integer({ min: 1, max: 9 }), (...given) => {
      const [kept, gone, fresh, reverse, count] = given
      const held = new Set([...kept, ...gone].map(named))
      const value = (row: Buffer): Found => (held.has(named(row)) ? row : 0)
      const range = { gte: Buffer.alloc(0), lt: Buffer.alloc(3, 255), reverse }
      const found: string[] = []
      for (let left: RowRange | undefined = range; left;) {
        const now = listed(unique([...kept, ...fresh]), left, count)
        const old = listed(gone, left, count)
        const page = merged([now, now.map(value), old, old.map(value)], left, count)
        found.push(...page.rows.map(([key]) => named(key)))
        left = page.rest
      }
      const all = listed(unique([...kept, ...gone]), range, Infinity)
      expect(found).toEqual(all.map(named))
    }),
  )
})

const unique = (list: readonly Buffer[]): Buffer[] => [
  ...new Map(list.map((row) => [named(row), row])).values(),
]
