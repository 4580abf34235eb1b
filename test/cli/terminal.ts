import { spawn, spawnSync } from 'node:child_process'
import { BIN, cleanEnv, type Ended } from './support.ts'

/** True where the system has a program that gives another one a terminal. */
export const HAS_TERMINAL =
  process.platform === 'linux' && spawnSync('script', ['--version']).status === 0

export interface TerminalOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What is typed, each behind the text that it answers to. */
  readonly type?: readonly (readonly [seen: string, keys: string])[]
}

/** What was typed before a question was read answers nothing. */
const READ_MS = 400

/** Runs `llmspell` on a terminal of 80 columns; stdout has all that was shown. */
export function onTerminal(argv: readonly string[], options: TerminalOptions): Promise<Ended> {
  const words = [process.execPath, BIN, ...argv].map(quoted).join(' ')
  const child = spawn('script', ['-qefc', `stty cols 80; exec ${words}`, '/dev/null'], {
    cwd: options.cwd,
    env: cleanEnv({ TERM: 'xterm', ...options.env }),
  })
  const todo = [...(options.type ?? [])]
  let shown = ''
  let read = 0
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString('utf8')
    const [next] = todo
    const at = next ? shown.indexOf(next[0], read) : -1
    if (!next || at < 0) return
    read = at + next[0].length
    todo.shift()
    setTimeout(() => child.stdin.write(next[1]), READ_MS)
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout: shown, stderr: '' }))
  })
}

const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`
