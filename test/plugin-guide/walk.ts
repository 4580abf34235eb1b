import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { BIN, cleanEnv } from '../cli/support.ts'
import { npm } from '../support/npm.ts'
import { ROOT } from '../support/root.ts'

/** A fenced block: the language, what stands behind it, and the text. */
export interface Step {
  readonly line: number
  readonly language: string
  readonly what: string
  readonly text: string
}

const FENCED = /^```(\w+) *([^\n]*)\n(.*?)^```$/gms

export function stepsOf(page: string): readonly Step[] {
  const all = readFileSync(join(ROOT, page), 'utf8')
  return [...all.matchAll(FENCED)].map(({ index, 1: language, 2: what, 3: text }) => {
    return {
      line: all.slice(0, index).split('\n').length,
      language: language!,
      what: what!,
      text: text!,
    }
  })
}

type Json = { [key: string]: Json } | readonly Json[] | string | number | boolean | null

/** A folder in which somebody follows the page. */
export class Walk {
  /** What the last block of commands printed. */
  #output = ''
  #at: string
  readonly #env: NodeJS.ProcessEnv

  constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.#at = folder
    const bin = join(folder, '.bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'llmspell'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`)
    chmodSync(join(bin, 'llmspell'), 0o755)
    const path = [bin, dirname(process.execPath), process.env['PATH'] ?? '']
    const home = { HOME: folder, LLMSPELL_HOME: join(folder, 'home') }
    this.#env = cleanEnv({ ...env, ...home, PATH: path.join(delimiter) })
  }

  /** Does what a block says, or looks at what it shows. @returns what is not so */
  async follow(step: Step): Promise<string[]> {
    if (step.language === 'sh') return this.#commands(step)
    if (step.language === 'text') return this.#missing(step)
    if (step.what.startsWith('part of ')) return this.#has(step) ? [] : [step.text]
    this.#write(step)
    return []
  }

  #file(name: string): string {
    return join(this.#at, name)
  }

  /** Writes a file that the page gives; JSON is laid over what is there. */
  #write({ language, what, text }: Step): void {
    const file = this.#file(what)
    mkdirSync(dirname(file), { recursive: true })
    const over = language === 'json' && existsSync(file)
    const json = over && laidOver(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(text))
    writeFileSync(file, json ? `${JSON.stringify(json, null, 2)}\n` : text)
  }

  /** @returns the lines that ended otherwise than the page says */
  async #commands({ text }: Step): Promise<string[]> {
    this.#output = ''
    const wrong: string[] = []
    for (const line of text.trim().split('\n')) {
      const [, to] = /^cd (\S+)$/.exec(line) ?? []
      if (to !== undefined) this.#at = resolve(this.#at, to)
      else {
        const wanted = Number(/# exit (\d+)$/.exec(line)?.[1] ?? 0)
        const code = await this.#run(line)
        if (code !== wanted) wrong.push(`${line}: ${code}\n${this.#output}`)
      }
    }
    return wrong
  }

  /** Ours come from the registry on loopback. Those of others are here already; the full suite fetches them as well. */
  async #install(): Promise<void> {
    if (process.env['LLMSPELL_TEST_FULL'] !== '1')
      return symlinkSync(join(ROOT, 'node_modules'), this.#file('node_modules'), 'junction')
    const ours = `--@llmspell:registry=${this.#env['npm_config_registry']}`
    const { code, stderr } = await npm(['install', '--no-audit', ours], this.#at)
    if (code !== 0) throw new Error(`npm install: ${stderr}`)
  }

  async #run(line: string): Promise<number> {
    const [, rest] = /^npm install && (.*)$/.exec(line) ?? []
    if (rest !== undefined) await this.#install()
    const options = { cwd: this.#at, env: this.#env } as const
    const stays = line.endsWith('# until Ctrl-C')
    const argv = ['-c', `exec 2>&1\n${stays ? 'exec ' : ''}${rest ?? line}`]
    const child = spawn('sh', argv, options)
    child.stdin.end()
    const begun = this.#output.length
    let pressed = false
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      this.#output += chunk
      if (!pressed && stays && this.#output.slice(begun).includes(' ended after '))
        pressed = child.kill('SIGINT')
    })
    return new Promise((done) => child.on('close', (code) => done(code ?? -1)))
  }

  /** The first line of the page that was not printed in its turn; `…` stands for any lines. */
  #missing({ text }: Step): string[] {
    let at = 0
    for (const line of text.split('\n').filter((each) => each !== '' && each !== '…')) {
      const found = this.#output.indexOf(line, at)
      if (found < 0) return [line, this.#output]
      at = found + line.length
    }
    return []
  }

  /** Whether a file has what the page shows of it. */
  #has({ language, what, text }: Step): boolean {
    const file = readFileSync(this.#file(what.replace('part of ', '')), 'utf8')
    if (language !== 'json') return file.includes(text)
    const whole = JSON.parse(file) as Json
    return JSON.stringify(laidOver(whole, JSON.parse(text))) === JSON.stringify(whole)
  }
}

/** Objects key by key, lists of named items by name; anything else is replaced. */
function laidOver(below: Json, above: Json): Json {
  if (isNamed(below) && isNamed(above)) {
    const news = new Map(above.map((item) => [item.name, item]))
    return below.map((item) => (news.has(item.name) ? laidOver(item, news.get(item.name)!) : item))
  }
  if (!isObject(below) || !isObject(above)) return above
  const keys = Object.entries(above).map(([key, value]) => {
    return [key, key in below ? laidOver(below[key]!, value) : value] as const
  })
  return { ...below, ...Object.fromEntries(keys) }
}

const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Named = { readonly name: string; readonly [key: string]: Json }
const isNamed = (value: Json): value is readonly Named[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((item: Json) => isObject(item) && typeof item['name'] === 'string')
