/** Guest side of modules: made from descriptions alone. */
export const MODULES_PART = /* js */ String.raw`
const { parse, stringify, create, define, PlainObject, failure, raise, ask, tell, dataOf, stricts, part } = kit
const { setPrototypeOf, getOwnPropertyDescriptors } = Object
function bind({ index, kind, params, stream, builder, name }, handle, owner) {
  if (builder) return () => part('objects').makeBuilder(builder)
  if (kind === 'notify') return (...args) => { tell('notify', index, args, params, handle) }
  if (kind === 'local') return (...args) => dataOf(tell('local', index, args, params))
  if (stream) return (...args) => part('objects').streamOf(ask(index, handle ?? null, args, params))
  const call = owner + '.' + name
  return (...args) => setPrototypeOf(ask(index, handle ?? null, args, params), promiseOf(call))
}

/** What the language itself asks any object for. */
const ASKED = ['then', 'toJSON', 'constructor', 'prototype', 'valueOf', 'toString', 'toLocaleString', 'hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable', 'inspect', 'length', 'name', 'nodeType']

/** Prototypes of promises by call: they say what was forgotten where a promise is used as what it brings. */
const promises = new Map()
function promiseOf(call) {
  const known = promises.get(call)
  if (known) return known
  const proxy = new Proxy(create(Promise.prototype), {
    get(target, key, receiver) {
      if (typeof key === 'symbol' || key in target || ASKED.includes(key) || key.startsWith('__')) return Reflect.get(target, key, receiver)
      raise('SCRIPT_ERROR', 'A promise of ' + call + " has no '" + key + "'.", 'Write await before ' + call + '(...).')
    },
    set(target, key, value, receiver) { return define(receiver, key, { value, writable: true, enumerable: true, configurable: true }) && true },
  })
  const proto = create(proxy, getOwnPropertyDescriptors(Promise.prototype))
  promises.set(call, proto)
  return proto
}

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
  const found = fallback && ((key) => (...args) => setPrototypeOf(ask(fallback.index, null, [key, ...args], fallback.params), promiseOf(name + '.' + key)))
  const known = [...functions.map((fn) => fn.name), ...fields]
  const module = create(strict(name, known, found && cached(found, fallback)))
  for (const fn of functions) define(module, fn.name, { value: bind(fn, null, name), enumerable: true, writable: true, configurable: true })
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
