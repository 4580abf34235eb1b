/** What was typed before the question was read answers nothing. */
const DEAF_MS = 150

/**
 * One line of stdin; undefined at its end and where the signal comes first. Leaves stdin as it was, so that nothing
 * waits for it.
 */
export function readAnswer(signal: AbortSignal): Promise<string | undefined> {
  const { stdin } = process
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const since = Date.now()
  let typed = ''
  const take = (piece: Buffer | string): void => {
    if (Date.now() - since < DEAF_MS) return
    typed += piece.toString()
    const end = typed.search(/[\r\n]/)
    if (end >= 0) resolve(typed.slice(0, end))
  }
  const leave = (): void => resolve(undefined)
  if (signal.aborted || stdin.readableEnded || stdin.destroyed) leave()
  signal.addEventListener('abort', leave, { once: true })
  stdin.on('data', take).on('end', leave).on('close', leave).on('error', leave).resume()
  return promise.finally(() => {
    signal.removeEventListener('abort', leave)
    stdin.off('data', take).off('end', leave).off('close', leave).off('error', leave).pause()
  })
}
