import { statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { isSpellError, now } from '@llmspell/sdk'
import type { Parsed } from '../parse.ts'
import { plain } from '../print/escape.ts'
import { err } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { isOn } from '../run/options.ts'
import { runScript } from '../run/run.ts'
import { readSource } from '../run/source.ts'
import type { Stage } from '../stage.ts'
import { DevStage } from './dev-stage.ts'
import { runTests } from './dev-tests.ts'
import { hasSource, idOf, readPackage } from './manifest.ts'
import { placeIn } from './place.ts'
import { Watcher } from './watcher.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Reloads a plugin, and runs a script or its tests, at each change until it is interrupted. */
export async function dev({ root, parsed }: Stage): Promise<void> {
  const { folder, script } = places(parsed.args)
  const json = readPackage(folder)
  idOf(json, folder)
  const work = new Work(root, parsed, folder, script)
  const files = script === undefined ? [] : [script]
  using watcher = new Watcher(folder, files, !hasSource(json), () => work.interrupt())
  const stop = (): void => {
    work.stop()
    watcher[Symbol.dispose]()
  }
  for (const name of SIGNALS) process.on(name, stop)
  try {
    say(`watching ${relative('.', folder) || '.'}; Ctrl-C ends it`)
    await work.cycle()
    for (let changed = await watcher.next(); changed; changed = await watcher.next()) {
      say(`${changed.map((file) => relative('.', file)).join(', ')} changed`)
      await work.cycle()
    }
    say('ended')
  } finally {
    for (const name of SIGNALS) process.removeListener(name, stop)
    await work.close()
  }
}

/** A single file is the script, for the plugin of the working folder. */
function places([first = '.', second]: readonly string[]) {
  const single = second === undefined && statSync(first, { throwIfNoEntry: false })?.isFile()
  const [folder, script] = single ? ['.', first] : [first, second]
  return { folder: resolve(folder), script: script === undefined ? undefined : resolve(script) }
}

/** One thing after the other: a reload, then the script or the tests. */
class Work {
  readonly #stage: DevStage
  readonly #folder: string
  readonly #script: string | undefined
  readonly #tests: boolean
  #running = new AbortController()
  #stopped = false

  constructor(root: string, parsed: Parsed, folder: string, script: string | undefined) {
    const id = (): string => idOf(readPackage(folder), folder)
    // In this thread an endless script would keep Ctrl-C and changes from being seen.
    const flags = { isolation: 'worker', ...parsed.flags }
    this.#stage = new DevStage(root, { ...parsed, flags }, folder, id)
    this.#folder = folder
    this.#script = script
    this.#tests = isOn(parsed, 'test')
  }

  /** Ends the script or the tests that run. */
  interrupt(): void {
    this.#running.abort()
  }

  stop(): void {
    this.#stopped = true
    this.interrupt()
  }

  async cycle(): Promise<void> {
    this.#running = new AbortController()
    try {
      await this.#reload()
      if (!this.#stopped && this.#tests) await this.#test()
      if (!this.#stopped && this.#script !== undefined) await this.#run(this.#script)
    } catch (error) {
      this.#show(error)
    }
  }

  close(): Promise<void> {
    return this.#stage.close()
  }

  async #reload(): Promise<void> {
    const { id, ms, dependents, failed, hint } = await this.#stage.refresh()
    const count = dependents.length
    const more = count === 0 ? '' : `, and ${count} ${count === 1 ? 'plugin' : 'plugins'} with it`
    say(`loaded ${id} in ${Math.round(ms)} ms${more}`)
    if (failed.length > 0) say(`do not work with it: ${failed.join(', ')}`)
    if (hint !== undefined) say(hint)
  }

  async #run(script: string): Promise<void> {
    const from = now()
    const file = relative('.', script)
    const read = () => readSource(file)
    await runScript(this.#stage, { read, signal: this.#running.signal })
    say(`${file} ended after ${Math.round(now() - from)} ms`)
  }

  async #test(): Promise<void> {
    const passed = await runTests(this.#folder, this.#running.signal)
    if (!this.#running.signal.aborted) say(passed ? 'the tests passed' : 'tests failed')
  }

  #show(error: unknown): void {
    const cancelled = isSpellError(error) && error.code === 'CANCELLED'
    if (this.#running.signal.aborted && cancelled) return
    this.#stage.fail(error)
    const place = placeIn(error, this.#folder)
    if (place !== undefined) err(`  --> ${plain(place)}\n`)
    this.#stage.source = undefined
  }
}

/** A line about what goes on, with the time. */
function say(text: string): void {
  const time = new Date().toTimeString().slice(0, 8)
  err(`${painter(process.stderr.isTTY)('dim', `[${time}]`)} ${plain(text)}\n`)
}
