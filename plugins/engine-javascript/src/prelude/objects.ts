/** Guest side of handles, builders and streams: made from descriptions alone. */
export const OBJECTS_PART = /* js */ String.raw`
const { parse, create, define, freeze, hasOwn, keysOf, refs, raise, ask, config, part } = kit
const { bind, strict } = part('modules')
const types = new Map()
function typeOf(index) {
  let type = types.get(index)
  if (!type) types.set(index, (type = makeType(parse(host.type(String(index))))))
  return type
}
function makeType({ name, key, methods, fields, iterates }) {
  const optional = new Set(fields)
  const known = [...methods.map((fn) => fn.name), ...fields]
  const proto = create(strict(name, known))
  for (const fn of methods) {
    const call = function (...args) {
      const ref = refs.get(this)
      if (ref?.[1] !== key) raise('INPUT_INVALID', "'" + fn.name + "' is a method of " + name + ' and was called without it.', 'Call it with a dot: ' + name.toLowerCase() + '.' + fn.name + '(...).')
      return bind(fn, ref[2], name.toLowerCase())(...args)
    }
    define(proto, fn.name, { value: call, writable: true, configurable: true })
  }
  for (const field of optional) define(proto, field, { value: undefined, writable: true, configurable: true })
  define(proto, 'toString', { value() { return textOfHandle(this) ?? refs.get(this)?.[2] ?? name }, writable: true, configurable: true })
  if (optional.has('text')) define(proto, 'toJSON', { value() { return textOfHandle(this) ?? { ...this } }, writable: true, configurable: true })
  if (iterates) define(proto, Symbol.asyncIterator, { value() { return this[iterates]() }, writable: true, configurable: true })
  define(proto, Symbol.toStringTag, { value: name })
  return { key, proto }
}
/** A handle that has a text is shown as it. */
const textOfHandle = (handle) => hasOwn(handle, 'text') ? handle.text : undefined
function makeHandle(index, id, fields) {
  const { key, proto } = typeOf(index)
  const handle = create(proto)
  for (const name of keysOf(fields)) define(handle, name, { value: fields[name], enumerable: true })
  refs.set(handle, ['h', key, id])
  return freeze(handle)
}

function makeBuilder({ owner, call, methods }) {
  const table = {}
  const builder = create(strict(owner + ' builder', [...methods.map((m) => m.name), 'build']))
  for (const { name, path, append, keys } of methods) {
    const pair = (value, more) => keys && more !== undefined ? { [keys[0]]: value, [keys[1]]: more } : value
    define(builder, name, { value(value = true, more) { put(table, path, append, pair(value, more)); return builder }, enumerable: true })
  }
  define(builder, 'build', { value: () => bind(call, null, owner)(table), enumerable: true })
  define(builder, 'toString', { value: () => owner + ' builder' })
  return freeze(builder)
}
function put(table, path, append, value) {
  let holder = table
  for (const step of path.slice(0, -1)) holder = holder[step] ??= {}
  const last = path[path.length - 1]
  if (append) (holder[last] ??= []).push(value)
  else holder[last] = value
}

class Stream {
  #id; #chunks = []; #done = false; #final
  constructor(id) { this.#id = id; refs.set(this, ['s', id]) }
  [Symbol.asyncIterator]() { return this }
  async next() {
    while (this.#chunks.length === 0) {
      if (this.#done) return { value: undefined, done: true }
      const batch = await ask(config.streamNext, this.#id, [], [])
      this.#chunks = batch.chunks
      this.#done = batch.done
    }
    const value = this.#chunks.shift()
    if (value?.type === 'finish') this.#final = value.result
    return { value, done: false }
  }
  async return(value) {
    await this.cancel()
    return { value, done: true }
  }
  async #drain(fn) { for (let next = await this.next(); !next.done; next = await this.next()) fn?.(next.value) }
  async result() {
    await this.#drain()
    return this.#final
  }
  async text() {
    const parts = []
    await this.#drain((chunk) => parts.push(typeof chunk === 'string' ? chunk : chunk?.text))
    const final = this.#final
    return typeof final?.text === 'string' ? final.text : parts.filter((part) => typeof part === 'string').join('')
  }
  async each(fn) {
    for (let next = await this.next(); !next.done; next = await this.next()) if ((await fn(next.value)) === false) return
  }
  async cancel() {
    if (this.#done) return
    this.#done = true
    this.#chunks = []
    await ask(config.streamCancel, this.#id, [], [])
  }
}
const makeStream = (id) => new Stream(id)
/** The promise of a stream that can be used as the stream. */
function streamOf(promise) {
  let made
  for (const name of ['next', 'return', 'result', 'text', 'each', 'cancel']) {
    // At once where it is there: the loop that is left does not wait for its cancelling.
    define(promise, name, { value: (...args) => made ? made[name](...args) : promise.then((stream) => (made = stream)[name](...args)) })
  }
  define(promise, Symbol.asyncIterator, { value: () => promise })
  return promise
}
return { makeHandle, makeBuilder, makeStream, streamOf }
`
