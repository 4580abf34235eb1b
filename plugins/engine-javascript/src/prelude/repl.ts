/** Guest side of the REPL: how values are shown, and which names there are. */
export const REPL_PART = /* js */ String.raw`
const { parse, stringify, encode, inspect, describeText, protoOf, PlainObject, stricts, lazyNames } = kit
/** Readable text, and the value where it is plain data. */
function show(ticket, value) {
  const text = typeof value === 'string' ? stringify(value) : value === undefined ? '' : inspect(value) + unawaited(value)
  const whole = text.length <= MOST
  const out = (whole ? shown(value === undefined ? [text] : [text, value]) : undefined) ?? shown([whole ? text : cut(text), null])
  host.done(ticket, '+[' + out.text + ',' + stringify(out.marks) + ']')
}
/** One answer carries so much. */
const MOST = 256 * 1024
const cut = (text) => text.slice(0, MOST) + '…\n(' + (text.length - MOST) + ' more characters: print shows all)'
/** What to write instead of a promise alone. */
function unawaited(value) {
  if (!(value instanceof Promise)) return ''
  return Symbol.asyncIterator in value ? ' of a stream: read it with for await' : ': write await before it'
}
function shown(values) {
  try { return encode(values, ['text', 'result'], false) } catch { return undefined }
}
function watchShown(ticket, promise) {
  Promise.resolve(promise).then(({ value }) => show(ticket, value)).catch((error) => host.done(ticket, '-' + describeText(error, false)))
}

/** Names under a path of globals, as a list in text. Runs no code of the script. */
function namesUnder(text) {
  let value = globalThis
  for (const name of parse(text)) {
    value = valueAt(value, name)
    if (value === undefined || value === null) return '[]'
  }
  const names = new Set()
  for (let at = Object(value); at && at !== PlainObject && !stricts.has(at); at = protoOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (/^[A-Za-z_$][\w$]*$/.test(name) && name !== 'constructor') names.add(name)
  }
  return stringify([...names])
}
function valueAt(object, name) {
  for (let at = Object(object); at && at !== PlainObject; at = protoOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, name)
    if (found) return at === globalThis && lazyNames.has(name) ? globalThis[name] : found.value
  }
  return undefined
}
return { watchShown, namesUnder }
`
