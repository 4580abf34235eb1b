/** Guest side of printing: any value as readable text. */
export const SHOWN_PART = /* js */ String.raw`
const { isArray, keysOf, protoOf, hasOwn, PlainObject, refs, textOf, part } = kit
function inspect(value, above = []) {
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
  if (ref) return '[' + (ref[0] === 's' ? 'stream ' + ref[1] : ref[1].split('.').pop() + ' ' + ref[2]) + ']'
  if (above.length > 6) return isArray(value) ? '[array]' : '[object]'
  return inspectParts(value, [...above, value])
}
function inspectError(error) {
  const head = error instanceof part('errors').SpellError ? error.code + ': ' : error.name === 'Error' ? 'Error: ' : error.name + ': '
  return head + error.message + (typeof error.hint === 'string' ? ' ' + error.hint : '')
}
function inspectParts(value, above) {
  if (ArrayBuffer.isView(value)) return (value.constructor?.name ?? 'bytes') + '(' + value.byteLength + ')'
  if (isArray(value)) return wrap('[', value.map((item) => inspect(item, above)), ']')
  if (value instanceof Map) return 'Map ' + wrap('{', [...value].map(([k, v]) => inspect(k, above) + ' => ' + inspect(v, above)), '}')
  if (value instanceof Set) return 'Set ' + wrap('{', [...value].map((item) => inspect(item, above)), '}')
  const proto = protoOf(value)
  const name = proto === null || proto === PlainObject ? '' : textOf(proto.constructor?.name ?? '')
  const parts = keysOf(value).map((key) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : "'" + key + "'") + ': ' + inspectField(value, key, above))
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
  return open + '\n' + parts.map((part) => '  ' + part.replaceAll('\n', '\n  ')).join(',\n') + '\n' + close
}
return { inspect }
`
