import { isSpellError } from '@llmspell/sdk'
import type { ToolCall, Workers } from '@llmspell/sdk'
import { jsonError } from './errors.ts'
import { DEADLINE_MS, MEMORY_BYTES } from './limits.ts'

const module = new URL('./work.js', import.meta.url)

/** Runs work that may blow up in a thread that can be ended. @throws JSON_LIMIT; what the work throws */
export async function heavy<T>(
  workers: Workers,
  call: ToolCall,
  name: 'check' | 'diff' | 'patch' | 'query',
  args: readonly unknown[],
): Promise<T> {
  const { subject, signal } = call
  try {
    return await workers.run<T>({
      module,
      function: name,
      args,
      subject,
      signal,
      timeoutMs: DEADLINE_MS,
      memoryBytes: MEMORY_BYTES,
    })
  } catch (error) {
    throw asLimit(error, name, call)
  }
}

const ENDED: Readonly<Record<string, string>> = {
  TIMEOUT: `2 seconds`,
  MEMORY_LIMIT: '64 MiB',
  RangeError: 'the stack',
}

/** What the input asked for was too much: that is judged, not raised. */
export function asLimit(error: unknown, name: string, { subject, signal }: ToolCall): unknown {
  const key = isSpellError(error) ? error.code : (error as Error).name
  const limit = ENDED[key]
  if (limit === undefined || signal.aborted) return error
  const message = `${subject} stopped '${name}': it took more than ${limit}.`
  return jsonError('JSON_LIMIT', message, { hint: 'Ask for less at once.', cause: error })
}
