import type { Kernel } from '@llmspell/kernel'
import { EXIT_CODES } from './exit.ts'
import { plain } from './print/escape.ts'
import { err } from './print/output.ts'

/**
 * Errors outside of any call. A rejection that a plugin forgot takes that plugin out of service and
 * the run goes on; all else ends the process.
 * @param fail prints an error and gives its exit code
 * @returns ends it
 */
export function watchStrays(kernel: Kernel, fail: (error: unknown) => number): () => void {
  const rejected = (reason: unknown): void => {
    const found = kernel.stray(reason)
    if (!found) process.exit(fail(reason))
    err(`warning[${found.code}]: ${plain(found.message)}\n`)
  }
  const thrown = (error: unknown): void => process.exit(fail(kernel.stray(error) ?? error))
  // Reached only with a promise that nothing can settle any more: else the process has exited.
  const stuck = (): void => {
    err('error[INTERNAL]: the command waits for something that cannot come any more\n')
    process.exit(EXIT_CODES.internal)
  }
  const handlers = { unhandledRejection: rejected, uncaughtException: thrown, beforeExit: stuck }
  for (const [name, handler] of Object.entries(handlers)) process.on(name, handler)
  return () => {
    for (const [name, handler] of Object.entries(handlers)) process.removeListener(name, handler)
  }
}
