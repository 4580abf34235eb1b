/** Guest side of printing: any value as readable text. */
export const SHOWN_PART = /* js */ String.raw`
const { isArray, keysOf, protoOf, hasOwn, PlainObject, refs, textOf, part, parse } = kit
/** Of all tables of one text; what is above it is not shown. */
const MOST = 1000
let room = MOST
function inspect(value, above = []) {
  if (above.length === 0) room = MOST
  switch (typeof value) {
    case 'string': return above.length > 0 ? "'" + value.replaceAll("'", "\\'") + "'" : value
    case 'bigint': return value + 'n'
    case 'function': return (/^class\b/.test(textOf(value)) ? '[class ' : '[function ') + (value.name || 'anonymous') + ']'
    case 'object': return value === null ? 'null' : inspectObject(value, above)
    default: return String(value)
  }
}
function inspectObject(value, above) {
  if (above.includes(value)) return '[circular]'
  if (value instanceof Error) return inspectError(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof RegExp) return String(value)
  if (value instanceof Promise) return '[promise]'
  if (hasOwn(value, 'toString') && above.length === 0) return textOf(value)
  const ref = refs.get(value)
  if (ref?.[0] === 'h' && hasOwn(value, 'text')) return value.text
  if (ref) return named(ref, above)
  if (above.length > 6) return isArray(value) ? '[array]' : '[object]'
  return inspectParts(value, [...above, value])
}
/** A handle or a stream; where somebody sits there, the host says what it is. */
function named(ref, above) {
  const id = ref[0] === 's' ? ref[1] : ref[2]
  const label = parse(host.label(id))
  if (label !== null && above.length === 0) return label
  return '[' + (label ?? (ref[0] === 's' ? 'stream ' + id : ref[1].split('.').pop() + ' ' + id)) + ']'
}
/** As many of them as there is room for. */
function some(items, shown) {
  const taken = items.slice(0, room)
  room -= taken.length
  const parts = taken.map(shown)
  return taken.length < items.length ? [...parts, '... ' + (items.length - taken.length) + ' more'] : parts
}
function inspectError(error) {
  const head = error instanceof part('errors').SpellError ? error.code + ': ' : error.name === 'Error' ? 'Error: ' : error.name + ': '
  return head + error.message + (typeof error.hint === 'string' ? ' ' + error.hint : '')
}
function inspectParts(value, above) {
  if (ArrayBuffer.isView(value)) return (value.constructor?.name ?? 'bytes') + '(' + value.byteLength + ')'
  if (isArray(value)) return wrap('[', some(value, (item) => inspect(item, above)), ']')
  if (value instanceof Map) return 'Map ' + wrap('{', some([...value], ([k, v]) => inspect(k, above) + ' => ' + inspect(v, above)), '}')
  if (value instanceof Set) return 'Set ' + wrap('{', some([...value], (item) => inspect(item, above)), '}')
  const proto = protoOf(value)
  const name = proto === null || proto === PlainObject ? '' : textOf(proto.constructor?.name ?? '')
  const parts = some(keysOf(value), (key) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : "'" + key + "'") + ': ' + inspectField(value, key, above))
  return (name && name !== 'Object' ? name + ' ' : '') + wrap('{', parts, '}')
}
function inspectField(value, key, above) {
  const { get } = Object.getOwnPropertyDescriptor(value, key) ?? {}
  return get ? '[getter]' : inspect(value[key], above)
}
function wrap(open, parts, close) {
  if (parts.length === 0) return open + close
  const line = parts.join(', ')
  const pad = open === '{' ? ' ' : ''
  if (line.length <= 72 && !line.includes('\n')) return open + pad + line + pad + close
  if (parts.every((part) => part.length <= 16)) parts = filled(parts)
  return open + '\n' + parts.map((part) => '  ' + part.replaceAll('\n', '\n  ')).join(',\n') + '\n' + close
}
/** Short parts share lines. */
function filled(parts) {
  const lines = []
  for (const part of parts) {
    const last = lines.length - 1
    if (last < 0 || lines[last].length + part.length > 72) lines.push(part)
    else lines[last] += ', ' + part
  }
  return lines
}
return { inspect }
`
