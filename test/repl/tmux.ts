import { execFileSync, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { BIN, cleanEnv } from '../cli/support.ts'

/** True where the system has a terminal that a test can type into. */
export const HAS_TMUX = process.platform === 'linux' && spawnSync('tmux', ['-V']).status === 0

const PATIENCE_MS = 20_000
const LOOK_MS = 40

/** `llmspell` in a terminal of 80 columns and 50 rows, with a server of its own. */
export class Pane implements Disposable {
  readonly #socket = `llmspell-${process.pid}-${Math.random().toString(36).slice(2)}`
  /** How much of the screen is old. */
  #seen = ''

  constructor(argv: readonly string[], cwd: string, home: string) {
    const { PATH = '' } = process.env
    const env = { ...cleanEnv({ LLMSPELL_HOME: home }), TERM: 'xterm-256color', PATH }
    const line = [process.execPath, BIN, ...argv].map(quoted).join(' ')
    // The terminal stays behind the program, to be read.
    const words = `${line}; echo "left with $?"; exec sleep 600`
    const options = ['-L', this.#socket, '-f', '/dev/null']
    const size = ['new-session', '-d', '-x', '80', '-y', '50', '-c', cwd, words]
    execFileSync('tmux', [...options, ...size], { env, cwd })
  }

  /** Types a text, then keys by their names. */
  type(text: string, ...keys: readonly string[]): void {
    this.#seen = this.screen()
    if (text !== '') this.#tmux('send-keys', '-l', '--', text)
    if (keys.length > 0) this.#tmux('send-keys', ...keys)
  }

  /** Waits for a text on the screen that was not there when something was typed last. */
  async shows(expected: RegExp): Promise<string> {
    const until = Date.now() + PATIENCE_MS
    for (;;) {
      const screen = this.screen()
      if (screen !== this.#seen && expected.test(screen)) return screen
      if (Date.now() > until) throw new Error(`${String(expected)} is not shown:\n${screen}`)
      await sleep(LOOK_MS)
    }
  }

  /** Types a line and waits for what it gives. */
  async enters(text: string, expected: RegExp): Promise<string> {
    this.type(text, 'Enter')
    return this.shows(expected)
  }

  screen(): string {
    return this.#tmux('capture-pane', '-p', '-J').trimEnd()
  }

  [Symbol.dispose](): void {
    spawnSync('tmux', ['-L', this.#socket, 'kill-server'])
  }

  #tmux(...words: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...words], { encoding: 'utf8' })
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`
