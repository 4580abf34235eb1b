import { printable, type Logger } from '@llmspell/sdk'
import { table } from './ports/args.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const
const A_SECOND = 100
const LONGEST = 4096
const MOST_DATA = 16 * 1024

/** Lines of a plugin in another process: so many in a second, and how many more there were. */
export class Lines {
  readonly #logger: Logger
  #since = performance.now()
  #count = 0

  constructor(logger: Logger) {
    this.#logger = logger
  }

  take([level, message, data]: readonly unknown[]): void {
    const name = LEVELS.find((one) => one === level)
    if (!name || typeof message !== 'string' || !this.#room()) return
    this.#logger[name](printable(message.slice(0, LONGEST), LONGEST), ...dataOf(data))
  }

  #room(): boolean {
    const now = performance.now()
    if (now - this.#since > 1000) {
      const dropped = this.#count - A_SECOND
      if (dropped > 0) this.#logger.warn(`${dropped} further lines were dropped.`)
      ;[this.#since, this.#count] = [now, 0]
    }
    return ++this.#count <= A_SECOND
  }
}

function dataOf(data: unknown): [] | [object] {
  if (data === undefined || data === null) return []
  const given = table(data, 'data')
  return JSON.stringify(given).length > MOST_DATA ? [] : [given]
}
