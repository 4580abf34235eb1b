import { execFile } from 'node:child_process'
import { fail } from './errors.ts'
import { isRecord, textAt } from './record.ts'

/** What is loaded, and how long it may take. */
export interface ProbeParts {
  readonly command: readonly string[]
  readonly lockFile: string
  readonly ids: readonly string[]
  readonly limit: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Loads plugins in a process of its own: what throws, loops, or ends its process there, harms nothing here.
 * @throws PLUGIN_BROKEN
 */
export async function probe({ command, lockFile, ids, limit, signal }: ProbeParts): Promise<void> {
  const [program = '', ...argv] = command
  const limits = { timeout: limit, killSignal: 'SIGKILL' as const, maxBuffer: 1 << 24 }
  const options = signal ? { ...limits, signal } : limits
  const { error, stdout } = await new Promise<{ error: Error | null; stdout: string }>(
    (resolve) => {
      const child = execFile(program, [...argv, lockFile, ...ids], options, (error, stdout) =>
        resolve({ error, stdout }),
      )
      child.stdin?.end()
    },
  )
  signal?.throwIfAborted()
  const said = answerOf(stdout)
  if (!error && said?.['ok'] === true) return
  const killed = (error as { killed?: boolean } | null)?.killed === true
  const why = killed
    ? `it did not end within ${limit / 1000} s`
    : (textAt(said ?? {}, 'message') ?? 'its process ended without a word')
  const text = `${ids.map((id) => `'${id}'`).join(', ')} failed when loaded: ${why}`
  throw fail('PLUGIN_BROKEN', text, 'Install another version; nothing was changed.')
}

/** The last line: what a plugin prints comes before it. */
function answerOf(stdout: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
