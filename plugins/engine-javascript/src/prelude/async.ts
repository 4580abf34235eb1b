/** The guest's module `Async`. */
export const ASYNC_PART = /* js */ String.raw`
const { raise, pause, forget, SpellError, isArray, keysOf, inspect, define, uncaught } = kit
const UNITS = { ms: 1, s: 1000, m: 60000, h: 3600000, d: 86400000 }
function ms(duration) {
  if (typeof duration === 'number' && duration >= 0) return duration
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)$/.exec(duration)
  return match ? Number(match[1]) * UNITS[match[2]] : raise('INPUT_INVALID', 'A duration is ms or text such as "30s", found ' + inspect(duration) + '.')
}
const begin = (work, name) => {
  if (work instanceof Task) return work.await()
  if (typeof work === 'function') return new Promise((resolve) => resolve(work()))
  if (typeof work?.then === 'function') return Promise.resolve(work)
  return raise('INPUT_INVALID', 'Async.' + name + ' expects functions or promises, found ' + inspect(work) + '.', 'Write () => ... around the call.')
}
function gather(name, work) {
  if (typeof work !== 'object' || work === null) raise('INPUT_INVALID', 'Async.' + name + ' expects an array or an object of functions.')
  const keys = keysOf(work)
  return { keys, promises: keys.map((key) => begin(work[key], name)) }
}
const shape = (work, keys, values) => isArray(work) ? values : Object.fromEntries(keys.map((key, i) => [key, values[i]]))
const settled = (promise) => promise.then((value) => ({ ok: true, value }), (error) => ({ ok: false, error }))
const cancelled = () => new SpellError({ code: 'CANCELLED', message: 'The task was cancelled.' })

class Task {
  #promise; #done = false; #cancel; #seen = false
  constructor(fn, args) {
    const ended = new Promise((_, reject) => { this.#cancel = () => { this.#seen = true; reject(cancelled()) } })
    const run = new Promise((resolve) => resolve(fn(...args)))
    this.#promise = Promise.race([run, ended])
    this.#promise.then(() => { this.#done = true }, (error) => { this.#done = true; Promise.resolve().then(() => this.#seen || uncaught(error)) })
  }
  await() { this.#seen = true; return this.#promise }
  then(resolve, reject) { return this.await().then(resolve, reject) }
  cancel() { if (!this.#done) this.#cancel() }
  done() { return this.#done }
}

const Async = {
  async all(work) {
    const { keys, promises } = gather('all', work)
    return shape(work, keys, await Promise.all(promises))
  },
  async settle(work) {
    const { keys, promises } = gather('settle', work)
    return shape(work, keys, await Promise.all(promises.map(settled)))
  },
  async race(work) {
    const { promises } = gather('race', work)
    if (promises.length === 0) raise('INPUT_INVALID', 'Async.race expects at least one function.')
    return Promise.race(promises)
  },
  async map(list, fn, options) {
    if (!isArray(list)) raise('INPUT_INVALID', 'Async.map expects an array.')
    const most = options?.maxConcurrency ?? 8
    const results = new Array(list.length)
    let at = 0, failed = false
    const worker = async () => {
      while (at < list.length && !failed) {
        const i = at++
        try { results[i] = await fn(list[i], i) } catch (error) { failed = true; throw error }
      }
    }
    await Promise.all(Array.from({ length: Math.min(most, list.length) }, worker))
    return results
  },
  spawn(fn, ...args) {
    if (typeof fn !== 'function') raise('INPUT_INVALID', 'Async.spawn expects a function.')
    return new Task(fn, args)
  },
  async timeout(duration, fn) {
    if (typeof fn !== 'function') raise('INPUT_INVALID', 'Async.timeout expects a duration and a function.')
    const { ticket, promise } = pause(ms(duration), true)
    const late = promise.then(() => raise('TIMEOUT', 'The function took longer than ' + (typeof duration === 'number' ? duration + ' ms' : duration) + '.'))
    late.catch(() => {})
    try { return await Promise.race([begin(fn, 'timeout'), late]) } finally { forget(ticket) }
  },
  sleep: (duration) => pause(ms(duration), false).promise,
}
return { Async }
`
