import { afterEach, beforeEach, describe } from 'vitest'
import { backupTests } from './store-backup.ts'
import { batchTests } from './store-batch.ts'
import { incrementTests } from './store-increments.ts'
import { keyTests } from './store-keys.ts'
import { Bench } from './store-kit.ts'
import type { StoreSuite } from './store-kit.ts'
import { lawTests } from './store-laws.ts'
import { sharedTests } from './store-shared.ts'
import { timeTests } from './store-time.ts'
import { watchTests } from './store-watch.ts'

export type { StoreSuite } from './store-kit.ts'

/**
 * The contract of the point `stores` as tests: call it at the top of a test file.
 *
 * @example
 * storeSuite({ name: 'memory', create: (clock) => new MyStore(clock) })
 */
export function storeSuite(suite: StoreSuite): void {
  describe(`store ${suite.name}`, () => {
    let bench: Bench
    const use = (): Bench => bench
    beforeEach(async () => {
      bench = new Bench(suite)
      await bench.open()
    })
    afterEach(() => bench.close())
    describe('keys and values', () => {
      keyTests(use)
    })
    describe('batches', () => {
      batchTests(use)
    })
    describe('time', () => {
      timeTests(use)
    })
    describe('watches and snapshots', () => {
      watchTests(use)
    })
    describe('backups', () => {
      backupTests(use)
    })
    describe('increments and plans', () => {
      incrementTests(use)
    })
    describe('handles beside each other', () => {
      sharedTests(use, suite)
    })
    describe('laws', () => {
      lawTests(use, suite)
    })
  })
}
