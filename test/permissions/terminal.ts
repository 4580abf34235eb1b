import { spawn, spawnSync } from 'node:child_process'
import { BIN, cleanEnv } from '../cli/support.ts'

/** Whether this machine has `script` of util-linux, which lends a program a terminal. */
export const HAS_TERMINAL =
  process.platform === 'linux' && spawnSync('script', ['--version']).stdout?.includes('util-linux')

export interface Shown {
  readonly code: number | null
  /** What the terminal showed, both streams as one, echo included. */
  readonly text: string
}

const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`

/** Runs `llmspell` on a terminal and types one key line whenever it asks; `undefined` types end of input. */
export function onTerminal(
  argv: readonly string[],
  keys: readonly (string | undefined)[],
  options: { readonly cwd: string; readonly home: string },
): Promise<Shown> {
  const line = [process.execPath, BIN, ...argv].map(quoted).join(' ')
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: options.cwd,
    env: cleanEnv({ LLMSPELL_HOME: options.home, TERM: 'xterm', NO_COLOR: '1', SHELL: '/bin/sh' }),
  })
  const left = [...keys]
  let text = ''
  let asked = 0
  child.stdout.on('data', (piece: Buffer) => {
    text += piece.toString()
    const questions = text.match(/\[s\]top\? \[n\] /g)?.length ?? 0
    while (asked < questions) {
      asked++
      const key = left.shift()
      // Keys that come at once are those typed before the question: not listened to.
      setTimeout(() => child.stdin.write(key === undefined ? '\u0004' : `${key}\r`), 400)
    }
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, text }))
  })
}
