/** Calls that are always retried as the policy says, whatever comes of them. */
const FREE_CALLS = 10

/** Retries for each call, beyond those. */
const SHARE = 0.1

const SECONDS = 60

interface Second {
  readonly at: number
  calls: number
  retries: number
}

/** What retries may add to the load of one provider: in a storm a tenth of the calls of the last minute. */
export class RetryAllowance {
  readonly #now: () => number
  #seconds: Second[] = []

  /** @param now ms of a clock that only moves forward */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Counts a call, its first attempt. */
  call(): void {
    this.#second().calls++
  }

  /** Counts one more attempt and allows it, or does neither. */
  retry(): boolean {
    const second = this.#second()
    const calls = this.#seconds.reduce((sum, each) => sum + each.calls, 0)
    const retries = this.#seconds.reduce((sum, each) => sum + each.retries, 0)
    if (calls > FREE_CALLS && retries + 1 > calls * SHARE) return false
    second.retries++
    return true
  }

  #second(): Second {
    const at = Math.floor(this.#now() / 1000)
    if (this.#seconds.length > 0 && this.#seconds[0]!.at <= at - SECONDS)
      this.#seconds = this.#seconds.filter((each) => each.at > at - SECONDS)
    const last = this.#seconds.at(-1)
    if (last?.at === at) return last
    const second = { at, calls: 0, retries: 0 }
    this.#seconds.push(second)
    return second
  }
}
