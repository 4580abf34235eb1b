/** True for anything that can be awaited. */
export function isLater<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | null)?.then === 'function'
}

/**
 * Goes on at once where the value is there, else later. A call that nothing has to wait for
 * answers without a turn of the event loop, which is most of the price of a small call.
 */
export function after<T, R>(
  value: T | PromiseLike<T>,
  fn: (value: T) => R | PromiseLike<R>,
): R | PromiseLike<R> {
  return isLater(value) ? value.then(fn) : fn(value)
}
