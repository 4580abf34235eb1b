import { describe, expect, test } from 'vitest'
import type { Durability } from '@llmspell/sdk'
import { requireKept } from './kept.ts'

type Row = [multiProcess: boolean, durability: Durability[], wanted: Durability]

const capabilitiesOf = (multiProcess: boolean, durability: readonly Durability[]) =>
  ({
    atomic: 'store',
    snapshots: true,
    watch: 'store',
    multiProcess,
    durability,
    maxKeyBytes: 1024,
    maxValueBytes: 1024,
  }) as const

describe('a durable run', () => {
  test.each<Row>([
    [true, ['none', 'os', 'sync'], 'sync'],
    [true, ['none', 'os'], 'os'],
    [true, ['none'], 'none'],
    [false, ['none'], 'sync'],
  ])('several processes %j, a store of %j keeps %s', (multiProcess, durability, wanted) => {
    expect(() => requireKept(capabilitiesOf(multiProcess, durability), wanted)).not.toThrow()
  })

  test.each<Row>([
    [true, ['none', 'os'], 'sync'],
    [true, ['none'], 'os'],
    [true, ['none', 'os', 'sync'], 'replicated'],
  ])('several processes %j, a store of %j refuses %s', (multiProcess, durability, wanted) => {
    expect(() => requireKept(capabilitiesOf(multiProcess, durability), wanted)).toThrow(
      expect.objectContaining({
        code: 'RUN_NOT_DURABLE',
        details: { wanted, found: durability },
      }),
    )
  })
})
