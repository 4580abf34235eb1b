import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { KernelReport, PluginReport, Problem } from '@llmspell/kernel'
import { SpellError } from '@llmspell/sdk'
import type { Config } from '../config.ts'
import { runNode, type Said } from './npm.ts'

/** What the new version said of all plugins. */
export interface Examined {
  readonly version: string
  readonly plugins: readonly PluginReport[]
  readonly problems: readonly Problem[]
}

/** What it said of the contract of one. */
export interface Tested {
  readonly passed: number
  readonly failed: number
  readonly first?: string
}

/** What a process of the new version said, or why it said nothing. */
interface Doctored {
  readonly report: KernelReport | undefined
  readonly why: string
}

/** A new version in a folder of its own, with a copy of the user's plugins: nothing of the user's is touched. */
export class NewVersion {
  readonly version: string
  readonly #place: string
  readonly #program: string
  readonly #home: string

  /** @param place folder that the package was installed into */
  constructor(place: string) {
    this.#place = place
    this.#home = join(place, 'home')
    const require = createRequire(join(place, 'package.json'))
    const file = require.resolve('llmspell/package.json')
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }
    this.version = version
    this.#program = join(dirname(file), 'bin', 'llmspell.cjs')
  }

  /**
   * The plan of the new kernel, and every plugin activated by it: in one process, and where that ends, in one for each
   * plugin, so that who ends it costs nobody else the verdict.
   * @param ids plugins of the user, whose config is handed over
   */
  async examine(folder: string, config: Config, ids: readonly string[]): Promise<Examined> {
    mkdirSync(this.#home, { recursive: true })
    if (existsSync(folder)) {
      const plugins = join(this.#home, 'plugins')
      cpSync(folder, plugins, { recursive: true, verbatimSymlinks: true })
    }
    const sections = Object.entries(config.plugins ?? {}).filter(([id]) => ids.includes(id))
    const plugins = Object.fromEntries(sections)
    const first = await this.#doctor(plugins, [])
    if (first.report || ids.length === 0) return this.#reported(first)
    const fatal = await this.#fatal(plugins, ids)
    const found = this.#reported(await this.#doctor(plugins, [...fatal.keys()]))
    const rows = found.plugins.map((row) => {
      const why = fatal.get(row.id)
      return why === undefined ? row : { ...row, failure: endsIt(row, this.version, why) }
    })
    return { ...found, plugins: rows }
  }

  /** Plugins that end a process in which no other one of the user's is, and how it ended. */
  async #fatal(sections: object, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const fatal = new Map<string, string>()
    for (const id of ids) {
      const others = ids.filter((other) => other !== id)
      const { report, why } = await this.#doctor(sections, others)
      if (!report) fatal.set(id, why)
    }
    return fatal
  }

  #reported({ report, why }: Doctored): Examined {
    if (!report) throw silent(this.version, why)
    return { version: report.version, plugins: report.plugins, problems: report.problems }
  }

  async #doctor(plugins: object, disabled: readonly string[]): Promise<Doctored> {
    const file = join(this.#home, 'check.json')
    writeFileSync(file, JSON.stringify({ plugins, disabled }))
    const said = await this.#run(['plugin', 'doctor', '--json', '--config', file])
    const answer = answerOf<KernelReport & { readonly error?: { readonly message: string } }>(said)
    const why = answer?.error?.message ?? reasonOf(said)
    return { report: answer?.plugins ? answer : undefined, why }
  }

  /** The contract of one plugin, by the test kit of the new version; undefined where it cannot say. */
  async test(root: string): Promise<Tested | undefined> {
    const said = await this.#run(['plugin', 'test', root, '--json', '--with', this.#place])
    type Row = { readonly passed: number; readonly failed: number }
    interface Card {
      readonly contributions?: readonly Row[]
      readonly faults?: readonly { readonly text: string }[]
      readonly firstFailure?: { readonly test: string; readonly text: string }
    }
    const card = answerOf<Card>(said)
    if (!card?.contributions) return undefined
    const sum = (key: keyof Row): number =>
      card.contributions!.reduce((total, row) => total + row[key], 0)
    const { firstFailure: broken, faults = [] } = card
    const first = faults[0]?.text ?? (broken && `${broken.test}: ${broken.text}`)
    const failed = sum('failed') + faults.length
    return { passed: sum('passed'), failed, ...(first ? { first } : {}) }
  }

  #run(argv: readonly string[]): Promise<Said> {
    const env = { ...process.env, LLMSPELL_HOME: this.#home }
    return runNode([this.#program, ...argv], { cwd: this.#place, env })
  }
}

function answerOf<T>({ stdout }: Said): T | undefined {
  try {
    return JSON.parse(stdout) as T
  } catch {
    return undefined
  }
}

const reasonOf = ({ stderr, code }: Said): string =>
  stderr.trim().split('\n').at(-1) || `exit code ${code}`

function silent(version: string, why: string): SpellError {
  const text = `llmspell ${version} could not look at the plugins: ${why}`
  const hint = 'See whether that version runs here: it may need another Node.'
  return new SpellError('UPGRADE_FAILED', text, { hint })
}

function endsIt({ package: name }: PluginReport, version: string, why: string) {
  const message = `Starting it ends the process of llmspell ${version}: ${why}.`
  const hint = `Ask the author of ${name}, or wait with the upgrade.`
  return { code: 'PLUGIN_CRASHED', message, hint, step: 'setup' as const }
}
