import type { Progress } from '@llmspell/sdk'
import { plain } from './escape.ts'
import { out, err } from './output.ts'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const CLEAR = '\r\u001B[2K'

interface Work {
  readonly who: string
  readonly since: number
  note: string
}

/** Where the line goes and whether it may be drawn. */
export interface Screen {
  readonly visible: boolean
  /** True where stdout shares the terminal: the line must not land inside its text. */
  readonly shared: boolean
  readonly columns: number
  readonly write: (text: string) => void
  readonly print: (text: string) => void
}

/** The terminal of this process. `quiet` draws nothing. */
export function screen(quiet: boolean): Screen {
  const { stdout, stderr } = process
  const visible = !quiet && stderr.isTTY && process.env['TERM'] !== 'dumb'
  const columns = stderr.isTTY ? stderr.columns || 80 : 80
  return { visible, shared: stdout.isTTY, columns, write: err, print: out }
}

/** One line on stderr that says who is at work and for how long; rewritten, gone before output. */
export class ProgressLine {
  readonly #screen: Screen
  readonly #works = new Map<string, Work>()
  #timer: NodeJS.Timeout | undefined
  #frame = 0
  #drawn = false
  #midLine = false
  readonly #narrate: boolean

  /** @param narrate prints what models wait for to stdout, as lines that stay */
  constructor(target: Screen, narrate = false) {
    this.#screen = target
    this.#narrate = narrate
  }

  /** Takes one report. The line appears after 150 ms of work, so that quick calls do not flicker. */
  report(progress: Progress): void {
    if (this.#narrate && isWait(progress)) this.print(`  ~ ${plain(progress.text ?? '')}\n`)
    if (!this.#screen.visible) return
    if (progress.state === 'done' || progress.state === 'failed') this.#works.delete(progress.who)
    else this.#note(progress)
    if (this.#works.size > 0) this.#timer ??= setInterval(() => this.#draw(), 150).unref()
    else this.clear()
  }

  /** Prints text of the script to stdout. */
  print(text: string): void {
    if (text === '') return
    this.#erase()
    this.#midLine = this.#screen.shared && !text.endsWith('\n')
    this.#screen.print(text)
  }

  /** Writes a line to stderr. */
  line(text: string): void {
    this.#erase()
    this.#screen.write(text)
  }

  /** Takes the line away and stops redrawing it. */
  clear(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#erase()
  }

  #note({ who, state, text, done, total }: Progress): void {
    // Who never started, such as a model, speaks through the latest one at work.
    const known = this.#works.get(who) ?? (state === 'started' ? undefined : [...this.#works.values()].at(-1))
    const work = known ?? { who, since: performance.now(), note: '' }
    const share = done === undefined ? '' : total === undefined ? `${done}` : `${done}/${total}`
    const note = [share, text ?? ''].filter((part) => part !== '').join(' ')
    if (note !== '') work.note = note
    this.#works.set(work.who, work)
  }

  #draw(): void {
    if (this.#midLine) return
    const works = [...this.#works.values()]
    const seconds = ((performance.now() - Math.min(...works.map((work) => work.since))) / 1000).toFixed(1)
    const names = works.map((work) => work.who).join(' › ')
    const note = works.at(-1)?.note ?? ''
    const line = plain(`${names}  ${seconds} s${note === '' ? '' : `  ${note}`}`).replaceAll('\n', ' ')
    const frame = FRAMES[this.#frame++ % FRAMES.length]
    this.#screen.write(`${CLEAR}${frame} ${line.slice(0, this.#screen.columns - 3)}`)
    this.#drawn = true
  }

  #erase(): void {
    if (this.#drawn) this.#screen.write(CLEAR)
    this.#drawn = false
  }
}

function isWait({ who, state, text }: Progress): boolean {
  return who.startsWith('model ') && state === 'active' && text !== undefined
}
