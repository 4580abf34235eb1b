import { clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline'
import type { Interface, Key } from 'node:readline'
import type { Writable } from 'node:stream'
import type { TerminalInput } from './answers.ts'
import { drawOver } from './draw.ts'
import { Paste, PASTE } from './paste.ts'
import { Search } from './search.ts'

export interface KeyboardOptions {
  readonly input: TerminalInput
  readonly output: Writable & { readonly columns?: number }
  /** The newest first. */
  readonly history: readonly string[]
}

/** Candidates for the end of a line, and the part of it that they stand for. */
export type Complete = (line: string) => Promise<readonly [readonly string[], string]>

/** The line as it is drawn: as wide as it is. */
export type Paint = (line: string) => string

/** The part of readline's interface that it shares with whoever extends it. */
type Open = Interface & {
  history: string[]
  _ttyWrite(text: string | undefined, key: Key): void
  /** @param again whether candidates are listed, where they have nothing more in common */
  _tabComplete(again: boolean): void
}

const MOST_ENTRIES = 1000

/** Lines of a person at a terminal. Keys count also while something runs, so that it can be stopped. */
export class Keyboard {
  readonly #rl: Open
  readonly #input: TerminalInput
  readonly #output: KeyboardOptions['output']
  #lines: string[] = []
  /** The beginning of a line, which a paste has left. */
  #begun = ''
  readonly #entries: string[]
  #waiting: ((line: string | undefined) => void) | undefined
  #closed = false
  complete: Complete = async () => [[], '']
  paint: Paint = (line) => line
  /** Called where a key stands in the line that is being read. */
  onTyped: () => void = () => {}
  /** Called for Ctrl-C. */
  onInterrupt: () => void = () => {}

  constructor({ input, output, history }: KeyboardOptions) {
    this.#input = input
    this.#output = output
    this.#entries = [...history]
    this.#rl = createInterface({
      input,
      output,
      terminal: true,
      history: [...history],
      historySize: MOST_ENTRIES,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, found: [string[], string]) => void) => {
        void this.#complete(line, done)
      },
    }) as Open
    this.#rl.on('line', (line) => this.#take(line.replaceAll('\r', '\n')))
    this.#rl.on('SIGINT', () => this.onInterrupt())
    this.#rl.on('close', () => this.#end())
    this.#watchKeys()
    output.write(PASTE.on)
  }

  /** What is typed and not sent. */
  get line(): string {
    return this.#rl.line
  }

  /** The next line; undefined at the end. */
  read(prompt: string): Promise<string | undefined> {
    this.#rl.setPrompt(prompt)
    const next = this.#lines.shift()
    if (next !== undefined) {
      this.#output.write(`${prompt}${next}\n`)
      return Promise.resolve(next)
    }
    if (this.#closed) return Promise.resolve(undefined)
    this.#rl.prompt(true)
    return new Promise((resolve) => {
      this.#waiting = resolve
      if (this.#begun !== '') this.#rl.write(this.#begun)
      this.#begun = ''
    })
  }

  /** Forgets what was typed or pasted ahead. */
  forget(): void {
    this.#lines = []
    this.#begun = ''
  }

  /** Shows something above the line that is being typed. */
  above(show: () => void): void {
    if (!this.#waiting) return show()
    moveCursor(this.#output, 0, -this.#rl.getCursorPos().rows)
    cursorTo(this.#output, 0)
    clearScreenDown(this.#output)
    show()
    this.#rl.prompt(true)
    this.#draw()
  }

  /** What the terminal says to a question within `ms`. */
  ask(question: string, ms: number): Promise<string> {
    return this.#input.ask(() => void this.#output.write(question), ms)
  }

  /** One line for a question that stands on the screen. */
  async answer(signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return undefined
    const leave = (): void => this.#give(undefined)
    signal.addEventListener('abort', leave, { once: true })
    try {
      this.forget()
      return await new Promise((resolve) => {
        this.#waiting = resolve
        if (this.#closed) leave()
      })
    } finally {
      signal.removeEventListener('abort', leave)
      this.#restore()
    }
  }

  /** Ends the line that is being read with another text. */
  replace(text: string): void {
    this.#rl.write(null, { ctrl: true, name: 'e' })
    this.#rl.write(null, { ctrl: true, name: 'u' })
    if (text !== '') this.#rl.write(text)
  }

  /** The entry as a whole takes the place of its lines in the history. */
  remember(entry: string): void {
    if (entry.trim() !== '' && this.#entries[0] !== entry) {
      const at = this.#entries.indexOf(entry)
      if (at >= 0) this.#entries.splice(at, 1)
      this.#entries.unshift(entry)
      this.#entries.length = Math.min(this.#entries.length, MOST_ENTRIES)
    }
    this.#restore()
  }

  /** Forgets the line and begins another one. */
  interrupt(prompt: string): void {
    const rl = this.#rl
    this.replace('')
    this.#output.write('\n')
    rl.setPrompt(prompt)
    rl.prompt()
  }

  /** Nothing is drawn by what is typed ahead. */
  quiet(): void {
    this.#rl.setPrompt('')
  }

  close(): void {
    this.#rl.close()
  }

  #restore(): void {
    this.#rl.history.splice(0, Infinity, ...this.#entries)
  }

  async #complete(
    line: string,
    done: (error: null, found: [string[], string]) => void,
  ): Promise<void> {
    let candidates: [string[], string] = [[], line]
    try {
      const [found, word] = await this.complete(line)
      candidates = [[...found], word]
    } finally {
      done(null, candidates)
    }
  }

  #take(line: string): void {
    if (this.#waiting) this.#give(line)
    else this.#lines.push(line)
  }

  #give(line: string | undefined): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.(line)
  }

  #end(): void {
    this.#closed = true
    this.#output.write(PASTE.off)
    this.#input.leave()
    this.#give(undefined)
  }

  #watchKeys(): void {
    const rl = this.#rl
    const own = rl._ttyWrite.bind(rl)
    const complete = rl._tabComplete.bind(rl)
    rl._tabComplete = () => complete(true)
    const paste = new Paste((text) => this.#paste(text))
    const search = new Search(this.#output, () => this.#entries, {
      accept: (text) => this.replace(text),
      refresh: () => rl.prompt(true),
    })
    rl._ttyWrite = (text, key) => {
      if (paste.take(text, key)) return
      if (this.#waiting && search.take(text, key)) return
      own(text, key)
      if (rl.line !== '') this.onTyped()
      if (this.#waiting) this.#draw()
    }
  }

  /** Lines are entered; what follows the last of them waits to be gone on with. */
  #paste(text: string): void {
    const lines = text.split('\n')
    const last = lines.pop()!
    if (!this.#waiting) {
      this.#lines = this.#lines.concat(lines)
      this.#begun = last
      return
    }
    if (lines.length === 0) this.#rl.write(last)
    else {
      this.#lines = this.#lines.concat(lines.slice(1))
      this.#begun = last
      this.#rl.write(lines[0]!)
      this.#rl.write(null, { name: 'return' })
    }
    this.#draw()
  }

  /** The line once more with its colours. */
  #draw(): void {
    const { line } = this.#rl
    const painted = line.includes('\n') ? line : this.paint(line)
    if (line !== '' && painted !== line) drawOver(this.#rl, this.#output, painted)
  }
}
