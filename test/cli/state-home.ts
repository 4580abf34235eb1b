import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/root.ts'
import {
  envelope,
  Folder,
  llmspell,
  pluginFolder,
  type Ended,
  type SpawnOptions,
} from './support.ts'

/** A folder with a store of its own. */
export class Home extends Folder {
  readonly options = { cwd: this.path, env: { LLMSPELL_HOME: join(this.path, 'home') } }
  /** Where the store lies. */
  readonly data = join(this.path, 'home', 'state')

  state(words: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
    return llmspell(['state', ...words], { input: '', ...this.options, ...options })
  }

  async json(
    words: readonly string[],
    options: SpawnOptions = {},
  ): Promise<Record<string, unknown>> {
    return envelope(await this.state([...words, '--json'], options))
  }

  /** What a script does with the store. */
  exec(code: string): Promise<Ended> {
    return llmspell(['exec', code], { ...this.options, input: '' })
  }

  /** Installs a plugin of `test/fixtures`. */
  install(name: string): void {
    const plugins = join('home', 'plugins')
    const from = join(ROOT, 'test', 'fixtures', name)
    const json = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as { name: string }
    for (const [file, text] of Object.entries(pluginFolder(json, plugins))) this.write(file, text)
    cpSync(from, join(this.path, plugins, 'node_modules', name), { recursive: true })
  }
}
