import { SpellError, now, toErrorRecord } from '@llmspell/sdk'
import type {
  CallContext,
  HostCallback,
  TestBench,
  TestBenchOptions,
  TestCase,
  Tests,
} from '@llmspell/sdk'

interface Pending {
  readonly name: string
  readonly since: number
}

/** One script's cases. */
class Bench implements TestBench {
  readonly id: string
  readonly #options: TestBenchOptions
  readonly #end: () => void
  readonly #cases: TestCase[] = []
  readonly #pending = new Set<Pending>()
  #skipped = 0
  #stopped = false

  constructor(id: string, options: TestBenchOptions, end: () => void) {
    this.id = id
    this.#options = options
    this.#end = end
  }

  stop(): void {
    this.#stopped = true
  }

  async run(name: string, fn: HostCallback): Promise<void> {
    const { wants = () => true } = this.#options
    if (this.#stopped || !wants(name)) return void this.#skipped++
    const pending = { name, since: now() }
    this.#pending.add(pending)
    try {
      await fn()
      this.#settle(pending)
    } catch (error) {
      this.#settle(pending, error)
    }
  }

  close(): ReturnType<TestBench['close']> {
    for (const pending of this.#pending) this.#settle(pending, unawaited(pending))
    this.#stopped = true
    this.#end()
    return { cases: this.#cases, skipped: this.#skipped }
  }

  #settle(pending: Pending, error?: unknown): void {
    if (!this.#pending.delete(pending)) return
    const found: TestCase = {
      name: pending.name,
      ok: error === undefined,
      durationMs: now() - pending.since,
      ...(error === undefined ? {} : { error: toErrorRecord(error) }),
    }
    this.#cases.push(found)
    this.#options.onCase?.(found)
  }
}

/** The scripts under test, by the setting `tests` of their runs. */
export class TestBenches implements Tests {
  readonly #open = new Map<string, Bench>()
  #count = 0

  open(options: TestBenchOptions = {}): TestBench {
    const id = `tests_${++this.#count}`
    const bench = new Bench(id, options, () => this.#open.delete(id))
    this.#open.set(id, bench)
    return bench
  }

  /** Where nobody counts, a case that fails ends the script. */
  async run(name: string, fn: HostCallback, { settings }: CallContext): Promise<void> {
    const bench = this.#open.get(settings['tests'] as string)
    await (bench ? bench.run(name, fn) : fn())
  }
}

function unawaited({ name }: Pending): SpellError {
  const text = `Case '${name}' was still under way when the script ended.`
  return new SpellError('TEST_FAILED', text, { hint: 'Write await before Test.case.' })
}
