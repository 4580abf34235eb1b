/**
 * Milliseconds on a clock that only moves forward, from a start of its own. For durations: the first use of
 * `performance` loads a module of Node's, which a start would pay.
 */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
