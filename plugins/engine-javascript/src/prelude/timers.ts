/** The guest's timers. */
export const TIMERS_PART = /* js */ String.raw`
const { raise, inspect, pause, forget, uncaught } = kit
const timers = new Map()
let lastTimer = 0
const setTimeout = (fn, ms = 0, ...rest) => {
  if (typeof fn !== 'function') raise('INPUT_INVALID', 'setTimeout expects a function, found ' + inspect(fn) + '.')
  const id = ++lastTimer
  const { ticket, promise } = pause(Math.max(0, Number(ms) || 0), false)
  timers.set(id, ticket)
  promise.then(() => { if (timers.delete(id)) return fn(...rest) }).catch(uncaught)
  return id
}
const clearTimeout = (id) => {
  const ticket = timers.get(id)
  if (timers.delete(id)) forget(ticket)
}
return { setTimeout, clearTimeout }
`
