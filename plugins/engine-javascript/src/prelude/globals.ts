/** Guest side of the globals: output, timers, what is taken away, and what is made when it is first touched. */
export const GLOBALS = /* js */ String.raw`
const own = (name, value) => define(globalThis, name, { value, writable: true, configurable: true })
const line = (values) => values.map((value) => inspect(value)).join('\t')
const say = (text) => { const reply = host.write(stringify(text)); if (reply) dataOf(reply) }
const print = (...values) => say(line(values) + '\n')
own('print', print)
own('write', (...values) => say(values.map((value) => inspect(value)).join('')))
own('queueMicrotask', (fn) => { Promise.resolve().then(() => fn()).catch(uncaught) })

const args = create(null)
for (const key of keysOf(config.args.named)) args[key] = config.args.named[key]
config.args.positional.forEach((word, i) => { args[i] = word })
define(args, 'positional', { value: config.args.positional.slice(1), enumerable: false })
own('ARGS', args)
own('arg', config.args.positional)

function uncaught(error) { host.uncaught(describeText(error, false)) }
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
lazy('console', () => {
  const log = (level) => (...values) => host.log(level, stringify([line(values)]))
  return { log: print, debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error'), trace: log('trace') }
})
lazy('SpellError', () => part('errors').SpellError)
for (const [file, names] of [['timers', ['setTimeout', 'clearTimeout']], ['web', ['URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder']], ['clone', ['structuredClone']], ['abort', ['AbortController', 'AbortSignal']], ['async', ['Async']]]) {
  for (const name of names) lazy(name, () => part(file)[name])
}
for (const name of config.modules) if (name !== 'JSON') lazy(name, () => part('modules').makeModule(name))
if (config.modules.includes('JSON')) lazyJson()

/** The native ones stay; the described functions come beside them. */
function lazyJson() {
  const native = JSON
  lazy('JSON', () => {
    for (const fn of parse(host.describe('JSON')).functions) {
      if (!hasOwn(native, fn.name)) define(native, fn.name, { value: part('modules').bind(fn, null, 'JSON'), writable: true, configurable: true })
    }
    return native
  })
}

lazy('require', () => part('require').requireFrom(''))
`
