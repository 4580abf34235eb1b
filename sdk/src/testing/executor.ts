import { describe } from 'vitest'
import { cancelTests } from './executor-cancel.ts'
import { branchTests } from './executor-branches.ts'
import type { ExecutorPlace } from './executor-house.ts'
import { replayTests } from './executor-replay.ts'
import { stepTests } from './executor-steps.ts'
import { waitTests } from './executor-waits.ts'

export { definition, Effects, openExecutor } from './executor-house.ts'
export type { ExecutorHouse, ExecutorPlace, Program, Programs } from './executor-house.ts'

/**
 * The contract of the service `workflow-executor` as tests: call it at the top of a test file.
 *
 * @example
 * executorSuite('embedded', openPlace)
 */
export function executorSuite(name: string, openPlace: () => Promise<ExecutorPlace>): void {
  describe(`executor ${name}`, () => {
    stepTests(openPlace)
    replayTests(openPlace)
    branchTests(openPlace)
    waitTests(openPlace)
    cancelTests(openPlace)
  })
}
