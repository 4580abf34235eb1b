/** Guest side of the globals: output, timers, what is taken away, and what is made when it is first touched. */
export const GLOBALS = /* js */ String.raw`
const own = (name, value) => define(globalThis, name, { value, writable: true, configurable: true })
const line = (values) => values.map((value) => inspect(value)).join('\t')
const say = (text) => { const reply = host.write(stringify(text)); if (reply) dataOf(reply) }
const print = (...values) => say(line(values) + '\n')
const log = (level) => (...values) => host.log(level, stringify([line(values)]))
own('print', print)
own('write', (...values) => say(values.map((value) => inspect(value)).join('')))
own('console', { log: print, debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error'), trace: log('trace') })
own('queueMicrotask', (fn) => { Promise.resolve().then(() => fn()).catch(uncaught) })

const args = create(null)
for (const key of keysOf(config.args.named)) args[key] = config.args.named[key]
config.args.positional.forEach((word, i) => { args[i] = word })
define(args, 'positional', { value: config.args.positional.slice(1), enumerable: false })
own('ARGS', args)
own('arg', config.args.positional)

function uncaught(error) { host.uncaught(describeText(error, false)) }
const timers = new Map()
let lastTimer = 0
own('setTimeout', (fn, ms = 0, ...rest) => {
  if (typeof fn !== 'function') raise('INPUT_INVALID', 'setTimeout expects a function, found ' + inspect(fn) + '.')
  const id = ++lastTimer
  const { ticket, promise } = pause(Math.max(0, Number(ms) || 0), false)
  timers.set(id, ticket)
  promise.then(() => { if (timers.delete(id)) return fn(...rest) }).catch(uncaught)
  return id
})
own('clearTimeout', (id) => {
  const ticket = timers.get(id)
  if (timers.delete(id)) forget(ticket)
})

const refusal = (name) => function () {
  raise('SCRIPT_ERROR', "'" + name + "' is absent: scripts make no code from text.", 'Write the function itself, or import it from a file.')
}
own('eval', refusal('eval'))
const NoFunction = refusal('Function')
for (const fn of [function () {}, function* () {}, async function () {}, async function* () {}]) {
  define(protoOf(fn), 'constructor', { value: NoFunction })
}
define(NoFunction, 'prototype', { value: Function.prototype })
own('Function', NoFunction)
for (const name of ['SharedArrayBuffer', 'Atomics', 'WebAssembly', 'InternalError']) delete globalThis[name]

const lazyNames = new Set()
/** A global that is made when it is first touched. */
function lazy(name, make) {
  lazyNames.add(name)
  define(globalThis, name, {
    get() { const value = make(); own(name, value); return value },
    set(value) { own(name, value) },
    configurable: true,
  })
}
lazy('SpellError', () => part('errors').SpellError)
for (const [file, names] of [['web', ['URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder']], ['clone', ['structuredClone']], ['abort', ['AbortController', 'AbortSignal']], ['async', ['Async']]]) {
  for (const name of names) lazy(name, () => part(file)[name])
}
for (const name of config.modules) if (name !== 'JSON') lazy(name, () => part('modules').makeModule(name))
if (config.modules.includes('JSON')) lazyJson()

/** The native ones stay; the described functions come beside them. */
function lazyJson() {
  const native = JSON
  lazy('JSON', () => {
    for (const fn of parse(host.describe('JSON')).functions) {
      if (!hasOwn(native, fn.name)) define(native, fn.name, { value: part('modules').bind(fn), writable: true, configurable: true })
    }
    return native
  })
}

const required = new Map()
function requireFrom(base) {
  return (name) => {
    const file = host.require(stringify([String(name), base]))
    const known = required.get(file)
    if (known) return known.exports
    const module = { exports: {} }
    required.set(file, module)
    try { host.compile(file)(module, module.exports, requireFrom(file)) } catch (error) { required.delete(file); throw error }
    return module.exports
  }
}
own('require', requireFrom(''))
`
