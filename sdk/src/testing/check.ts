import { describe, test } from 'vitest'
import type { Awaitable } from '../hooks.ts'

/** One thing that a contract asks for. */
export interface ContractCheck {
  readonly name: string
  /** @throws what is not as it should be */
  readonly run: () => Awaitable<void>
  /** Why it cannot be looked at here; it is shown as skipped. */
  readonly skip?: string | undefined
}

const api = test

/** Makes tests of checks. */
export function testChecks(contract: string, checks: readonly ContractCheck[]): void {
  describe(contract, () => {
    for (const { name, run, skip } of checks) {
      const title = skip === undefined ? name : `${name} (${skip})`
      api.skipIf(skip !== undefined)(title, run)
    }
  })
}
