/** The guest's module `Async`. */
export const ASYNC_PART = /* js */ String.raw`
const { raise, pause, forget, begin, SpellError, isArray, keysOf, inspect, define, uncaught } = kit
const UNITS = { ms: 1, s: 1000, m: 60000, h: 3600000, d: 86400000 }
function ms(duration) {
  if (typeof duration === 'number' && duration >= 0) return duration
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)$/.exec(duration)
  if (match) return Number(match[1]) * UNITS[match[2]]
  const found = typeof duration === 'string' ? '"' + duration + '" (text)' : inspect(duration)
  return raise('INPUT_INVALID', "'duration': expected a duration, found " + found + '.', 'Send milliseconds, or text such as "30s".')
}
function start(work, name) {
  if (work instanceof Task) return { promise: work.await(), cancel: () => work.cancel() }
  if (typeof work === 'function') return begin(() => work())
  if (typeof work?.then === 'function') return { promise: Promise.resolve(work), cancel() {} }
  return raise('INPUT_INVALID', 'Async.' + name + ' expects functions or promises, found ' + inspect(work) + '.', 'Write () => ... around the call.')
}
function gather(name, work) {
  if (typeof work !== 'object' || work === null) raise('INPUT_INVALID', 'Async.' + name + ' expects an array or an object of functions.')
  const keys = keysOf(work)
  return { keys, started: keys.map((key) => start(work[key], name)) }
}
const promisesOf = (started) => started.map((each) => each.promise)
const shape = (work, keys, values) => isArray(work) ? values : Object.fromEntries(keys.map((key, i) => [key, values[i]]))
const settled = (promise) => promise.then((value) => ({ ok: true, value }), (error) => ({ ok: false, error }))
const cancelled = () => new SpellError({ code: 'CANCELLED', message: 'The task was cancelled.' })
/** What is decided cancels the work that is not. */
async function decided(started, promise) {
  try { return await promise } finally { for (const each of started) each.cancel() }
}

class Task {
  #promise; #done = false; #cancel; #seen = false
  constructor(fn, args) {
    const ended = new Promise((_, reject) => { this.#cancel = () => { this.#seen = true; reject(cancelled()) } })
    const run = begin(() => fn(...args))
    this.#promise = decided([run], Promise.race([run.promise, ended]))
    this.#promise.then(() => { this.#done = true }, (error) => { this.#done = true; Promise.resolve().then(() => this.#seen || uncaught(error)) })
  }
  await() { this.#seen = true; return this.#promise }
  then(resolve, reject) { return this.await().then(resolve, reject) }
  cancel() { if (!this.#done) this.#cancel() }
  done() { return this.#done }
}

function mostOf(options) {
  for (const key of keysOf(options)) {
    if (key !== 'maxConcurrency') raise('INPUT_INVALID', "Async.map has no option '" + key + "'.", "Did you mean 'maxConcurrency'?")
  }
  const most = options.maxConcurrency ?? 8
  if (Number.isInteger(most) && most >= 1) return most
  return raise('INPUT_INVALID', "'maxConcurrency': expected a whole number of at least 1, found " + inspect(most) + '.')
}

const Async = {
  async all(work) {
    const { keys, started } = gather('all', work)
    return shape(work, keys, await decided(started, Promise.all(promisesOf(started))))
  },
  async settle(work) {
    const { keys, started } = gather('settle', work)
    return shape(work, keys, await Promise.all(promisesOf(started).map(settled)))
  },
  async race(work) {
    const { started } = gather('race', work)
    if (started.length === 0) raise('INPUT_INVALID', 'Async.race expects at least one function.')
    return decided(started, Promise.race(promisesOf(started)))
  },
  async map(list, fn, options) {
    if (!isArray(list)) raise('INPUT_INVALID', 'Async.map expects an array.')
    const most = mostOf(options ?? {})
    const results = new Array(list.length)
    let at = 0, failed = false
    const worker = async () => {
      while (at < list.length && !failed) {
        const i = at++
        try { results[i] = await fn(list[i], i) } catch (error) { failed = true; throw error }
      }
    }
    const started = Array.from({ length: Math.min(most, list.length) }, () => begin(worker))
    await decided(started, Promise.all(promisesOf(started)))
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
    const work = begin(() => fn())
    try { return await decided([work], Promise.race([work.promise, late])) } finally { forget(ticket) }
  },
  sleep: (duration) => pause(ms(duration), false).promise,
}
return { Async }
`
