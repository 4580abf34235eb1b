/** Guest side of calls: questions to the host, its answers, and its calls of the script's functions. */
export const CALLS = /* js */ String.raw`
/** Promises of the script that wait for the host, by ticket. */
const waiting = new Map()
const message = (index, handle, out) => '[' + index + ',' + (handle === null ? 'null' : stringify(handle)) + ',' + out.text + (out.marks.length > 0 ? ',' + stringify(out.marks) + ']' : ']')
/** @param stack where the call stood; not needed while it still stands */
const dataOf = (reply, stack) => {
  if (reply[0] === '-') throw failure(parse(reply.slice(1)), stack)
  return decode(reply)
}
/** A call that is answered later or at once: always a promise. */
function ask(index, handle, args, names) {
  try {
    const out = encode(args, names, true)
    const reply = host.call(message(index, handle, out))
    if (reply[0] !== '~') return Promise.resolve(dataOf(reply))
    return later(reply.slice(1), new Error().stack)
  } catch (error) {
    return Promise.reject(error)
  }
}
function later(ticket, stack) {
  const by = owner()
  const promise = new Promise((resolve, reject) => waiting.set(ticket, { resolve, reject, stack, by }))
  if (isCancelled(by)) drop(ticket, promise)
  return promise
}
function settle(ticket, reply) {
  const wait = waiting.get(ticket)
  if (!wait) return
  waiting.delete(ticket)
  scope = wait.by
  try { wait.resolve(dataOf(reply, wait.stack)) } catch (error) { wait.reject(error) }
}
/** Like a call, but one way or at once. */
function tell(kind, index, args, names, handle = null) {
  const out = encode(args, names, false)
  return host[kind](message(index, handle, out))
}

/** Tells the host how a promise of the script ends. */
function watch(ticket, promise, pick) {
  const end = (value) => {
    const out = encode([value], ['result'], false)
    host.done(ticket, '+[' + out.text + ',' + stringify(out.marks) + ']')
  }
  const fail = (error) => host.done(ticket, '-' + describeText(error, false))
  Promise.resolve(promise).then((value) => end(pick ? pick(value) : value)).catch(fail)
}
/** @param written a key of the last argument that goes back as the function has left it */
function invoke(ticket, id, text, written, keeps, of) {
  scope = null
  const run = async () => {
    const fn = callbacks.get(+id)
    if (!fn) raise('INPUT_INVALID', 'There is no callback ' + id + '.')
    const args = decode(text)
    if (of !== '') args[args.length - 1][keeps] = part('kept').view(of)
    const value = await fn(...args)
    return written === '' ? value : { value, [written]: args[args.length - 1]?.[written] }
  }
  watch(ticket, run())
}
function release(id) { callbacks.delete(+id) }

/** Runs in ms; the host keeps the time. A quiet one does not keep the run alive. */
function pause(ms, quiet) {
  const reply = host.pause(String(ms), quiet ? '1' : '')
  if (reply[0] !== '~') return { ticket: '', promise: (async () => { if (reply !== '') dataOf(reply) })() }
  const ticket = reply.slice(1)
  return { ticket, promise: later(ticket, '') }
}
const forget = (ticket) => {
  if (waiting.delete(ticket)) host.forget(ticket)
}

/** Whose work goes on: what an answer sets off belongs to whom the question belonged. */
let scope = null
/** One whose work is done has gone back to who started it. */
function owner() {
  while (scope?.done) scope = scope.parent
  return scope
}
function isCancelled(by) {
  for (; by; by = by.parent) if (by.cancelled) return true
  return false
}
/** Starts work that can be cancelled: its questions of then and later are dropped with it. */
function begin(fn) {
  const own = { parent: owner(), done: false, cancelled: false }
  scope = own
  const promise = new Promise((resolve) => resolve(fn()))
  scope = own.parent
  const end = () => { own.done = true }
  promise.then(end, end)
  return { promise, cancel: () => { if (!own.done) cancel(own) } }
}
function cancel(own) {
  own.cancelled = true
  for (const [ticket, wait] of waiting) if (isCancelled(wait.by)) drop(ticket)
}
function drop(ticket, promise) {
  const { reject } = waiting.get(ticket)
  promise?.catch(() => {})
  forget(ticket)
  reject(failure({ code: 'CANCELLED', message: 'The task was cancelled.' }, ''))
}
`
