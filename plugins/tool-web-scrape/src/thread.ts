import type { ToolCall, Workers } from '@llmspell/sdk'

const MODULE = new URL('./page.js', import.meta.url)
const MEMORY = 256 * 1024 * 1024

/** Runs a function of `page.ts` in a thread that can be ended. @throws what it throws; TIMEOUT, MEMORY_LIMIT, CANCELLED */
export function inThread<T>(
  workers: Workers,
  name: 'readPage' | 'askRobots',
  args: readonly unknown[],
  { subject, signal }: ToolCall,
): Promise<T> {
  const job = { module: MODULE, function: name, args, subject, signal }
  return workers.run<T>({ ...job, timeoutMs: 15_000, memoryBytes: MEMORY })
}
