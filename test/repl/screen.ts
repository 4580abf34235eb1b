import { PassThrough, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Repl, ReplEnd, ReplOptions } from '@llmspell/sdk'
import type { House } from '../support/kernel.ts'

const PATIENCE_MS = 10_000

/** A terminal that a test types into, in this process. */
export class Screen extends Writable {
  readonly isTTY = true
  readonly columns: number
  readonly rows = 40
  readonly keys = new PassThrough()
  text = ''
  /** What it says to what is written. */
  answer: (written: string) => string = () => ''
  #from = 0

  constructor(columns = 80) {
    super({ decodeStrings: false })
    this.columns = columns
  }

  override _write(chunk: string | Buffer, _: string, done: () => void): void {
    const text = String(chunk)
    this.text += text
    const answer = this.answer(text)
    if (answer !== '') this.keys.write(answer)
    done()
  }

  type(text: string): void {
    this.#from = this.text.length
    this.keys.write(text)
  }

  /** Waits for something that was not there when something was typed last. */
  async shows(expected: RegExp): Promise<string> {
    for (const until = Date.now() + PATIENCE_MS; ;) {
      const shown = this.text.slice(this.#from).replaceAll(/\p{Cc}\[[\d;?]*[A-Za-z]/gu, '')
      if (expected.test(shown)) return shown
      if (Date.now() > until) throw new Error(`${String(expected)} is not shown:\n${shown}`)
      await sleep(10)
    }
  }
}

/** Types lines into a session, waits for what each shows, and leaves. */
export async function onScreen(
  { kernel }: House,
  screen: Screen,
  steps: readonly (readonly [typed: string, shown: RegExp])[],
  options: Partial<ReplOptions> = {},
): Promise<ReplEnd> {
  const repl: Repl = await kernel.use('repl')
  const say = (text: string): void => void screen.write(text)
  const face = { write: say, say, failure: failureOf, draw: say }
  const env = { TERM: 'xterm-256color' }
  const common = { input: screen.keys, terminal: screen, env, face, settings: MODEL }
  const ended = repl.open({ ...common, ...options })
  await screen.shows(/\.help/)
  for (const [typed, shown] of steps) {
    screen.type(typed)
    await screen.shows(shown)
  }
  screen.type('\u0003\u0003\u0004')
  return ended
}

/** What entries of a pipe give: what goes to stdout, then each failure. */
export async function piped(
  { kernel }: House,
  input: string | Buffer,
  options: Partial<ReplOptions> = {},
): Promise<{ readonly out: string; readonly said: string; readonly end: ReplEnd }> {
  const repl: Repl = await kernel.use('repl')
  let [out, said] = ['', '']
  const write = (text: string): void => void (out += text)
  const say = (text: string): void => void (said += text)
  const stream = new PassThrough()
  stream.end(input)
  const face = { write, say, failure: failureOf }
  const common = { input: stream, face, keepGoing: true, settings: MODEL }
  const end = await repl.open({ ...common, ...options })
  return { out, said, end }
}

const MODEL = { model: 'mock/demo' }

const failureOf: ReplOptions['face']['failure'] = ({ code, message, where, hint, trace }, text) => {
  const at = where ? `${where.file}:${where.line}${where.column ? `:${where.column}` : ''}` : ''
  const line = where ? text.split('\n')[where.line - 1] : ''
  return [code, message, at, line, hint, trace].filter(Boolean).join(' | ') + '\n'
}
