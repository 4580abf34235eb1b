import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { scaffold } from './author.ts'
import { BIN, cleanEnv, Folder, llmspell } from './support.ts'

/** A `dev` at work on a pipe, whose lines are waited for. */
class Dev implements AsyncDisposable {
  readonly child: ChildProcess
  text = ''
  #seen = 0

  constructor(argv: readonly string[], cwd: string) {
    this.child = spawn(process.execPath, [BIN, 'dev', ...argv], { cwd, env: cleanEnv() })
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (this.text += text))
  }

  /** What was printed since the last time, once this is among it. */
  async until(wanted: RegExp): Promise<string> {
    const rest = (): string => this.text.slice(this.#seen)
    const came = (): boolean => wanted.test(rest()) || this.child.exitCode !== null
    await vi.waitUntil(came, { timeout: 40_000 })
    const text = rest()
    const match = wanted.exec(text)
    if (!match) throw new Error(`${wanted.source} did not come: ${text}`)
    const end = match.index + match[0].length
    this.#seen += end
    return text.slice(0, end)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.kill('SIGKILL')) await once(this.child, 'exit')
  }
}

test('dev reloads at each change, shows what is wrong with its place, and ends with Ctrl-C', async () => {
  using folder = new Folder({
    'try.lua': 'print(Tool.own_tool{ text = "a b" }.text, ARGS[1])\n',
  })
  const root = await scaffold(folder, 'own-tool', 'tool')
  const edit = (name: string, from: string | RegExp, to: string): void => {
    const file = join(root, name)
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
  }
  await using dev = new Dev(['own-tool', 'try.lua', '--', 'Berlin'], folder.path)
  expect(await dev.until(/try\.lua ended/)).toMatch(
    /loaded own-tool[^]*words: 2, lines: 1\tBerlin\n/,
  )

  edit('src/tool.ts', 'words: ', 'WORDS: ')
  expect(await dev.until(/try\.lua ended/)).toMatch(/src\/tool\.ts changed[^]*WORDS: 2/)

  edit('src/tool.ts', /$/, 'export const = 1\n')
  const broken = await dev.until(/--> .*\n/)
  expect(broken).toMatch(/PLUGIN_RELOAD[^]*the version before stays[^]*--> src\/tool\.ts:\d+/)

  edit('src/tool.ts', 'export const = 1\n', '')
  await dev.until(/WORDS: 2/)

  edit('package.json', '"text": "one two\\nthree"', '"text": "one"')
  edit('package.json', '"properties": {\n', '"properties": {')
  await dev.until(/WORDS: 2/)

  writeFileSync(join(root, 'package.json'), '{ "name": ')
  await dev.until(/error\[PLUGIN_FOLDER_INVALID\]/)
  await scaffoldAgain(folder, root)
  await dev.until(/words: 2/)

  folder.write('try.lua', 'while true do end\n')
  await dev.until(/try\.lua changed[^]*loaded/)
  folder.write('try.lua', 'return Tool.own_tool{ text = "" }.result.words\n')
  await dev.until(/try\.lua changed[^]*loaded[^]*\n0\n/)

  dev.child.kill('SIGINT')
  await dev.until(/ended\n$/)
  if (dev.child.exitCode === null) await once(dev.child, 'exit')
  expect(dev.child.exitCode).toBe(0)
  expect(dev.text).not.toContain('\u001B')
})

/** Puts the first files back. */
async function scaffoldAgain(folder: Folder, root: string): Promise<void> {
  const other = join(folder.path, 'again')
  await llmspell(['plugin', 'new', 'own-tool', '--kind=tool', '--folder', other])
  for (const name of ['src/tool.ts', 'package.json'])
    writeFileSync(join(root, name), readFileSync(join(other, name)))
}

const FULL = process.env['LLMSPELL_TEST_FULL'] === '1'

test.runIf(FULL)('dev --test runs the tests of the plugin at each change', async () => {
  using folder = new Folder()
  const root = await scaffold(folder, 'own-tool', 'tool')
  await using dev = new Dev(['own-tool', '--test'], folder.path)
  await dev.until(/the tests passed/)
  const file = join(root, 'src', 'tool.ts')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('filter(Boolean)', 'filter(() => true)'))
  await dev.until(/tests failed/)
  writeFileSync(file, text)
  await dev.until(/the tests passed/)
  expect(dev.text).not.toContain('\u001B')
})

test.each([
  [['nowhere'], 'PLUGIN_FOLDER_INVALID'],
  [['.', 'try.lua'], 'PLUGIN_FOLDER_INVALID'],
])('dev %j is refused', async (argv, code) => {
  using folder = new Folder()
  const ended = await llmspell(['dev', ...argv], { cwd: folder.path })
  expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining(code) as string })
})
