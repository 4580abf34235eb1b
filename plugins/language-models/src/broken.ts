import type { Foreign } from './told.ts'

const BROKEN =
  /^(?:HTTP_FAILED|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|EHOST|ENET|UND_ERR_SOCKET|UND_ERR_CLOSED)/
const SILENT = /^(?:HTTP_TIMEOUT|ETIMEDOUT|UND_ERR_\w*TIMEOUT)/

/** A connection that was refused or lost, wherever in the chain of causes it says so. */
export function isBroken(error: unknown): boolean {
  return inChain(
    error,
    ({ code, message }) =>
      BROKEN.test(String(code)) ||
      /^terminated$|^fetch failed$|^Cannot connect|ended without a finish reason/.test(
        message ?? '',
      ),
  )
}

/** A server that took longer than a limit of ours. */
export function isSilent(error: unknown): boolean {
  return inChain(error, ({ code }) => SILENT.test(String(code)))
}

function inChain(error: unknown, test: (error: Foreign) => boolean, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 8) return false
  return test(error as Foreign) || inChain((error as Foreign).cause, test, depth + 1)
}
