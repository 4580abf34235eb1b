import { now } from '@llmspell/sdk'
import type { Progress } from '@llmspell/sdk'
import { plain } from './escape.ts'
import { err, out } from './output.ts'
import { isStep, Steps } from './steps.ts'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const CLEAR = '\r\u001B[2K'

interface Work {
  readonly who: string
  readonly since: number
  note: string
  /** When the note is too old to be shown, in ms of `now()`. */
  stale: number
}

/** How long a note stays that somebody else left, such as a model that waits. */
const BORROWED_MS = 1500

/** Whether the line may be drawn, and where. */
export interface Screen {
  readonly visible: boolean
  /** True where stdout shares the terminal: the line must not land inside its text. */
  readonly shared: boolean
  readonly columns: number
}

/** How a line is shown. */
export interface ProgressOptions {
  readonly quiet?: boolean
  /** Prints what models wait for to stdout, as lines that stay. */
  readonly narrate?: boolean
  /** Asked when somebody is at work, not before: looking at a terminal costs 2 ms. */
  readonly screen?: () => Screen
  readonly out?: (text: string) => void
  readonly err?: (text: string) => void
}

/** The terminal of this process. */
function terminal(): Screen {
  const { stdout, stderr } = process
  const visible = stderr.isTTY && process.env['TERM'] !== 'dumb'
  return { visible, shared: stdout.isTTY, columns: (stderr.isTTY && stderr.columns) || 80 }
}

/**
 * One line on stderr that says who is at work and for how long, with the steps of a workflow below it; rewritten, gone before
 * output. Where there is no terminal each step has a line when it ends.
 */
export class ProgressLine {
  readonly #options: ProgressOptions
  readonly #works = new Map<string, Work>()
  readonly #steps = new Steps()
  #seen: Screen | undefined
  #timer: NodeJS.Timeout | undefined
  #frame = 0
  /** Lines on the screen. */
  #drawn = 0
  #midLine = false
  #held = 0

  constructor(options: ProgressOptions = {}) {
    this.#options = options
  }

  /** Takes one report. The line appears after 150 ms of work, so that quick calls do not flicker. */
  report(progress: Progress): void {
    const { narrate, quiet } = this.#options
    if (narrate && isWait(progress)) this.print(`~ ${plain(progress.text ?? '')}\n`)
    if (quiet) return
    const line = isStep(progress) ? this.#steps.take(progress, now()) : undefined
    if (!this.#screen.visible) {
      if (line !== undefined) this.line(`${line}\n`)
      return
    }
    this.#show(isStep(progress) ? { ...progress, state: 'active', text: '' } : progress)
  }

  #show(progress: Progress): void {
    if (progress.state === 'done' || progress.state === 'failed') this.#end(progress.who)
    else this.#note(progress)
    if (this.#works.size > 0) this.#timer ??= setInterval(() => this.#draw(), 150).unref()
    else this.clear()
  }

  #end(who: string): void {
    this.#works.delete(who)
    this.#steps.forget(who)
  }

  /** Prints text of the script to stdout. */
  print(text: string): void {
    if (text === '') return
    this.#erase()
    this.#midLine = !text.endsWith('\n')
    const write = this.#options.out ?? out
    write(text)
  }

  /** Writes a line to stderr. */
  line(text: string): void {
    this.#erase()
    this.#write(text)
  }

  /** Takes the line away and stops redrawing it. */
  clear(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#erase()
  }

  /** Keeps the line away while something else has the terminal. */
  hold(): Disposable {
    this.#held++
    this.#erase()
    return { [Symbol.dispose]: () => void this.#held-- }
  }

  get #screen(): Screen {
    this.#seen ??= (this.#options.screen ?? terminal)()
    return this.#seen
  }

  #note({ who, state, text = '', done, total }: Progress): void {
    // Who never started, such as a model, speaks through the latest one at work.
    const own = this.#works.get(who)
    const latest = state === 'started' ? undefined : [...this.#works.values()].at(-1)
    const moment = now()
    const work = own ?? latest ?? { who, since: moment, note: '', stale: Infinity }
    const share = [done, total].filter((part) => part !== undefined).join('/')
    work.note = [share, text].filter(Boolean).join(' ') || work.note
    work.stale = own || !latest ? Infinity : moment + BORROWED_MS
    this.#works.set(work.who, work)
  }

  #draw(): void {
    if (this.#held > 0 || (this.#midLine && this.#screen.shared)) return
    const frame = FRAMES[this.#frame++ % FRAMES.length]!
    const lines = [`${frame} ${this.#text()}`, ...this.#steps.lines(now(), frame).map(inset)]
    const room = this.#screen.columns - 1
    this.#erase()
    this.#write(CLEAR + lines.map((line) => cut(line, room)).join('\n'))
    this.#drawn = lines.length
  }

  #text(): string {
    const works = [...this.#works.values()]
    const moment = now()
    const seconds = (moment - Math.min(...works.map((work) => work.since))) / 1000
    const { note = '', stale = 0 } = works.at(-1) ?? {}
    const names = works.map((work) => work.who).join(' › ')
    const steps = this.#steps.isEmpty ? [] : [this.#steps.spent, 'Ctrl-C stops']
    const parts = [names, `${seconds.toFixed(1)} s`, moment < stale ? note : '', ...steps]
    return plain(parts.filter(Boolean).join('  ')).replaceAll('\n', ' ')
  }

  #erase(): void {
    if (this.#drawn === 0) return
    const up = this.#drawn - 1
    this.#drawn = 0
    this.#write(up === 0 ? CLEAR : `\r\u001B[${up}A\u001B[J`)
  }

  #write(text: string): void {
    const write = this.#options.err ?? err
    write(text)
  }
}

const inset = (text: string): string => `  ${text}`

const cut = (text: string, room: number): string => Array.from(text).slice(0, room).join('')

function isWait({ who, state, text }: Progress): boolean {
  return who.startsWith('model ') && state === 'active' && text !== undefined
}
