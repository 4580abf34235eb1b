/** Guest side of modules: made from descriptions alone. */
export const MODULES_PART = /* js */ String.raw`
const { parse, stringify, create, define, PlainObject, failure, ask, tell, dataOf, stricts, part } = kit
function bind({ index, kind, params, stream, builder }, handle) {
  if (builder) return () => part('objects').makeBuilder(builder)
  if (kind === 'notify') return (...args) => { tell('notify', index, args, params, handle) }
  if (kind === 'local') return (...args) => dataOf(tell('local', index, args, params))
  if (stream) return (...args) => part('objects').streamOf(ask(index, handle ?? null, args, params))
  return (...args) => ask(index, handle ?? null, args, params)
}

/** What the language itself asks any object for. */
const ASKED = ['then', 'toJSON', 'constructor', 'prototype', 'valueOf', 'toString', 'toLocaleString', 'hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable', 'inspect', 'length', 'name', 'nodeType']

/** A prototype that knows what is not there. */
function strict(owner, known, found) {
  const proxy = new Proxy(PlainObject, {
    get(target, key, receiver) {
      if (typeof key === 'symbol' || ASKED.includes(key) || key.startsWith('__')) return Reflect.get(target, key, receiver)
      const value = found?.(key)
      if (value !== undefined) return value
      throw failure(parse(host.unknown(owner, key, stringify(known))), new Error().stack)
    },
    set(target, key, value, receiver) { return define(receiver, key, { value, writable: true, enumerable: true, configurable: true }) && true },
  })
  stricts.add(proxy)
  return proxy
}

function makeModule(name) {
  const { functions, fields, fallback } = parse(host.describe(name))
  const found = fallback && ((key) => (...args) => ask(fallback.index, null, [key, ...args], fallback.params))
  const known = [...functions.map((fn) => fn.name), ...fields]
  const module = create(strict(name, known, found && cached(found, fallback)))
  for (const fn of functions) define(module, fn.name, { value: bind(fn), enumerable: true, writable: true, configurable: true })
  for (const field of fields) define(module, field, { get: () => dataOf(host.field(name, field)), enumerable: true, configurable: true })
  return module
}
function cached(make, fallback) {
  const made = new Map()
  return (key) => {
    let fn = made.get(key)
    if (!fn) made.set(key, (fn = fallback.stream ? (...args) => part('objects').streamOf(make(key)(...args)) : make(key)))
    return fn
  }
}
return { bind, strict, makeModule }
`
