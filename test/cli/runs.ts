import { join } from 'node:path'
import { envelope, Folder, llmspell, type Ended, type SpawnOptions } from './support.ts'
import { onTerminal, type TerminalOptions } from './terminal.ts'

/** What the tests look at in the document of `--json`; which of it is there depends on the command. */
export interface Answer {
  readonly run: { readonly status: string }
  readonly runs: readonly { readonly status: string }[]
  readonly records: readonly object[]
  readonly export: { readonly records: readonly object[] }
  readonly error: { readonly hint: string; readonly details: { readonly path: string } }
}

/** A folder with scripts and a store of its own. */
export class Place implements Disposable {
  readonly folder: Folder
  readonly env: Readonly<Record<string, string>>

  constructor(files: Readonly<Record<string, string>>) {
    this.folder = new Folder(files)
    this.env = { LLMSPELL_HOME: join(this.folder.path, 'home') }
  }

  /** `llmspell run …` */
  run(words: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
    return llmspell(['run', ...words], {
      cwd: this.folder.path,
      env: this.env,
      input: '',
      ...options,
    })
  }

  async json(words: readonly string[]): Promise<Answer> {
    return envelope(await this.run([...words, '--json'])) as unknown as Answer
  }

  onTerminal(words: readonly string[], type: TerminalOptions['type'] = []): Promise<Ended> {
    return onTerminal(['run', ...words], { cwd: this.folder.path, env: this.env, type })
  }

  /** Runs until stdout has this text, and then kills the process: at once, or when the script waits again. */
  killed(
    words: readonly string[],
    text: string,
    signal: NodeJS.Signals = 'SIGKILL',
  ): Promise<Ended> {
    let seen = ''
    return this.run(words, {
      meet: (child) =>
        child.stdout!.on('data', (chunk: Buffer) => {
          if (seen.includes(text)) return
          seen += chunk.toString('utf8')
          if (!seen.includes(text)) return
          if (signal === 'SIGKILL') child.kill(signal)
          else setTimeout(() => child.kill(signal), 80)
        }),
    })
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]()
  }
}
