import { beforeAll, describe, expect, test } from 'vitest'
import { noMemoryLimit, places, runBatch } from './corpus/children.ts'
import { faultsOf } from './corpus/judge.ts'
import { rowsOf, type Row, type Seen } from './corpus/rows.ts'

const noLimit = noMemoryLimit()

describe.each(places())('attacks on $engine, $isolation', (place) => {
  const rows = rowsOf(place.language)
  const seen = new Map<Row, Seen>()

  const play = async (some: readonly Row[], limited: boolean): Promise<void> => {
    const all = await runBatch({ ...place, rows: some }, limited)
    for (const [i, row] of some.entries()) seen.set(row, all[i]!)
  }
  beforeAll(async () => {
    const others = rows.filter((row) => !row.memory)
    const hungry = rows.filter((row) => row.memory)
    await play(others, false)
    if (noLimit === undefined) await play(hungry, true)
  }, 120_000)

  for (const row of rows) {
    const skipped = row.memory ? noLimit : undefined
    const name = `${row.id} ${row.name}${skipped === undefined ? '' : ` (skipped: ${skipped})`}`
    test.skipIf(skipped !== undefined)(name, () => {
      expect(faultsOf(row, seen.get(row)!, place)).toEqual([])
    })
  }
})
