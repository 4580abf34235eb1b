import type { ErrorRecord } from '../errors.ts'

/** What became of one case of a test script. */
export interface TestCase {
  readonly name: string
  readonly ok: boolean
  readonly durationMs: number
  readonly error?: ErrorRecord
}

export interface TestBenchOptions {
  /** Only cases whose name it accepts are carried out. */
  readonly wants?: (name: string) => boolean
  readonly onCase?: (found: TestCase) => void
}

/** Where the cases of one test script are counted. `id` goes into the setting `tests` of its run. */
export interface TestBench {
  readonly id: string
  /** No case is carried out from here on. */
  stop(): void
  /** Ends it. A case that is still under way has failed: nobody waited for it. */
  close(): { readonly cases: readonly TestCase[]; readonly skipped: number }
}

/** Service `tests`. */
export interface Tests {
  open(options?: TestBenchOptions): TestBench
}

declare module '../services.ts' {
  interface Services {
    tests: Tests
  }
}
