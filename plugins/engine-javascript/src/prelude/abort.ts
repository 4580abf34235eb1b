/** The guest's AbortController and AbortSignal. */
export const ABORT_PART = /* js */ String.raw`
const { SpellError, pause, uncaught, define } = kit
const aborted = () => define(new SpellError({ code: 'CANCELLED', message: 'The operation was aborted.' }), 'name', { value: 'AbortError' })
const late = () => define(new SpellError({ code: 'TIMEOUT', message: 'The operation took too long.' }), 'name', { value: 'TimeoutError' })
let abort
class AbortSignal {
  #aborted = false; #reason; #listeners = new Set()
  onabort = null
  static { abort = (signal, reason) => signal.#abort(reason) }
  get aborted() { return this.#aborted }
  get reason() { return this.#reason }
  throwIfAborted() { if (this.#aborted) throw this.#reason }
  addEventListener(type, fn, options) {
    if (type === 'abort') this.#listeners.add({ fn, once: Boolean(options?.once) })
  }
  removeEventListener(type, fn) {
    for (const listener of this.#listeners) if (listener.fn === fn) this.#listeners.delete(listener)
  }
  #abort(reason) {
    if (this.#aborted) return
    this.#aborted = true
    this.#reason = reason
    const event = { type: 'abort', target: this }
    for (const fn of [this.onabort, ...[...this.#listeners].map((each) => each.fn)]) {
      try { if (typeof fn === 'function') fn.call(this, event); else fn?.handleEvent?.(event) } catch (error) { uncaught(error) }
    }
    this.#listeners.clear()
  }
  static abort(reason = aborted()) { const signal = new AbortSignal(); signal.#abort(reason); return signal }
  static timeout(ms) {
    const signal = new AbortSignal()
    pause(Math.max(0, Number(ms) || 0), true).promise.then(() => signal.#abort(late()), () => {})
    return signal
  }
  static any(signals) {
    const signal = new AbortSignal()
    for (const each of signals) {
      if (each.aborted) signal.#abort(each.reason)
      else each.addEventListener('abort', () => signal.#abort(each.reason))
    }
    return signal
  }
}
class AbortController {
  #signal = new AbortSignal()
  get signal() { return this.#signal }
  abort(reason = aborted()) { abort(this.#signal, reason) }
}
return { AbortController, AbortSignal }
`
