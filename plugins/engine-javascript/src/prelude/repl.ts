/** Guest side of the REPL: how values are shown, and which names there are. */
export const REPL_PART = /* js */ String.raw`
const { parse, stringify, encode, inspect, describeText, protoOf, PlainObject, stricts, lazyNames } = kit
/** Readable text, and the value where it is plain data. */
function show(ticket, value) {
  const text = typeof value === 'string' ? stringify(value) : value === undefined ? '' : inspect(value)
  const out = shown(value === undefined ? [text] : [text, value]) ?? shown([text, null])
  host.done(ticket, '+[' + out.text + ',' + stringify(out.marks) + ']')
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
