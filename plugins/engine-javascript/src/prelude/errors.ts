/** Guest side of errors: the class, places in scripts, and any thrown thing as plain data. */
export const ERRORS_PART = /* js */ String.raw`
const { parse, stringify, define, encode, inspect, wrapped, moved } = kit
const CODE = /^[A-Z][A-Z0-9_]*$/
const FRAME = /^ *at (?:(.*) \()?(.+?):(\d+)(?::(\d+))?\)?$/

class SpellError extends Error {
  constructor(init, options) {
    const from = typeof init === 'object' && init !== null ? init : { ...options, message: init }
    super(String(from.message ?? from.code ?? 'The script failed.'))
    define(this, 'code', { value: String(from.code ?? 'SCRIPT_ERROR'), enumerable: true, writable: true, configurable: true })
    for (const name of ['hint', 'details', 'where', 'cause']) {
      if (from[name] !== undefined) define(this, name, { value: from[name], enumerable: name !== 'cause', writable: true, configurable: true })
    }
    if (this.where === undefined) {
      const where = whereOf(this.stack)
      if (where) define(this, 'where', { value: where, enumerable: true, writable: true, configurable: true })
    }
  }
}
define(SpellError.prototype, 'name', { value: 'SpellError', writable: true, configurable: true })

const raise = (code, message, hint, details) => { throw new SpellError({ code, message, hint, details }) }

function frames(stack) {
  const found = []
  for (const line of String(stack ?? '').split('\n')) {
    const match = FRAME.exec(line)
    if (!match || match[2] === '<llmspell>' || match[2] === '<input>' || (match[1] === '<eval>' && match[2] === wrapped.file && wrapped.by > 0)) continue
    const frame = { name: match[1] ?? '', file: match[2], line: +match[3], column: +(match[4] ?? 1) }
    if (frame.file === wrapped.file && frame.line === 1) frame.column = Math.max(1, frame.column - wrapped.by)
    for (const { column, by } of moved[frame.file]?.[frame.line] ?? []) if (column < frame.column) frame.column = Math.max(column, frame.column - by)
    found.push(frame)
  }
  return found
}
function whereOf(stack) {
  const frame = frames(stack)[0]
  return frame && { file: frame.file, line: frame.line, column: frame.column }
}
const lineOf = (f) => 'at ' + (f.name && f.name[0] !== '<' ? f.name + ' ' : '') + '(' + f.file + ':' + f.line + ':' + f.column + ')'
function traceOf(stack) {
  const lines = frames(stack).map(lineOf)
  return (lines.length > 20 ? [...lines.slice(0, 12), '...', ...lines.slice(-4)] : lines).join('\n')
}

/** The error of a host failure, raised where the call stood. */
function failure(record, stack) {
  const error = new SpellError({
    ...record,
    where: record.where ?? whereOf(stack),
    cause: record.cause && failure(record.cause, ''),
  })
  if (stack) define(error, 'stack', { value: stack, writable: true, configurable: true })
  return error
}

const textOf = (value) => {
  try { return typeof value === 'string' ? value : String(value) } catch { return 'a value without text' }
}

function describe(thrown, compiling, depth = 0) {
  if (typeof thrown !== 'object' || thrown === null) {
    return { code: 'SCRIPT_ERROR', message: typeof thrown === 'string' ? thrown : 'The script threw ' + textOf(thrown) + '.' }
  }
  const own = typeof thrown.code === 'string' && CODE.test(thrown.code)
  const syntax = thrown instanceof SyntaxError && (compiling || isSyntax(thrown))
  const record = {
    code: own ? thrown.code : syntax ? 'SCRIPT_SYNTAX' : 'SCRIPT_ERROR',
    message: messageOf(thrown, own || syntax),
  }
  if (typeof thrown.hint === 'string') record.hint = thrown.hint
  if (own) addDetails(record, thrown.details)
  const where = placeOf(thrown.where) ?? whereOf(thrown.stack)
  if (where) record.where = where
  const trace = traceOf(thrown.stack)
  if (trace) record.trace = trace
  if (depth < 8 && typeof thrown.cause === 'object' && thrown.cause !== null) record.cause = describe(thrown.cause, false, depth + 1)
  return record
}
function messageOf(thrown, plain) {
  const text = typeof thrown.message === 'string' ? thrown.message : undefined
  if (!(thrown instanceof Error)) return text ?? 'The script threw ' + inspect(thrown) + '.'
  if (plain || thrown.name === 'Error') return text || 'The script failed.'
  return textOf(thrown.name) + ': ' + (text ?? '')
}
function addDetails(record, details) {
  if (details === undefined) return
  try { record.details = parse(encode([details], ['details'], false).text)[0] } catch {}
}
/** The parser names a place without a function around it. */
function isSyntax(error) {
  const first = textOf(error.stack).split('\n')[0]
  return /^ *at (?!<input>)[^(]+:\d+(:\d+)?$/.test(first)
}
function placeOf(where) {
  if (typeof where !== 'object' || where === null) return undefined
  const { file, line, column } = where
  if (typeof file !== 'string' || typeof line !== 'number') return undefined
  return { file, line, ...(typeof column === 'number' && { column }) }
}
function describeText(thrown, compiling) {
  try { return stringify(describe(thrown, compiling)) } catch {
    return stringify({ code: 'SCRIPT_ERROR', message: 'The script failed with an error that cannot be read.' })
  }
}
return { SpellError, raise, failure, describeText, textOf }
`
