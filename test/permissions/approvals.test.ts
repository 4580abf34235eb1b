import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { envelope, Folder, llmspell } from '../cli/support.ts'
import { HAS_TERMINAL, onTerminal, type Shown } from './terminal.ts'

let home: Folder
let project: Folder

beforeEach(() => {
  home = new Folder()
  project = new Folder({
    'a.txt': 'hello',
    'twice.lua': `for i = 1, 2 do print(i, Tool.execute("file-read", { path = "a.txt" }).text) end`,
  })
})

afterEach(() => {
  home[Symbol.dispose]()
  project[Symbol.dispose]()
})

const outcomes = async (): Promise<unknown[]> => {
  const listed = await llmspell(['audit', 'list', '--json'], { env: { LLMSPELL_HOME: home.path } })
  const { lines } = envelope(listed) as { lines: { outcome: string; by: string }[] }
  return lines.map(({ outcome, by }) => `${outcome}: ${by}`)
}

describe.runIf(HAS_TERMINAL)('on a terminal', () => {
  const run = (keys: readonly (string | undefined)[], ...flags: string[]): Promise<Shown> =>
    onTerminal(['run', 'twice.lua', ...flags], keys, { cwd: project.path, home: home.path })
  const questions = ({ text }: Shown): number => text.match(/wants: read/g)?.length ?? 0

  test.each(['inline', 'worker'])('once is asked again (%s)', async (isolation) => {
    const shown = await run(['o', 'o'], `--isolation=${isolation}`)
    expect(shown.code).toBe(0)
    expect(shown.text).toContain("? Tool 'file-read' wants: read ./a.txt")
    expect(shown.text).toContain('the script')
    expect(shown.text).toContain('nothing on the command line grants it')
    expect(shown.text).toMatch(/1\s+hello[^]*2\s+hello/)
    expect(questions(shown)).toBe(2)
    expect(await outcomes()).toEqual(['approved: a person: once', 'approved: a person: once'])
  })

  test('this run is asked once', async () => {
    const shown = await run(['r'])
    expect({ code: shown.code, asked: questions(shown) }).toEqual({ code: 0, asked: 1 })
    expect(await outcomes()).toEqual(Array(2).fill('approved: a person: for this run'))
  })

  test('always is written down, for this folder, and not asked again', async () => {
    expect((await run(['a'])).code).toBe(0)
    const text = readFileSync(join(home.path, 'policy.toml'), 'utf8')
    expect(text).toContain('allow.read = ["./a.txt"]')
    const again = await run([])
    expect({ code: again.code, asked: questions(again) }).toEqual({ code: 0, asked: 0 })
  })

  test.each([['n'], [''], ['no'], [undefined]])('%j is no', async (key) => {
    const shown = await run([key])
    expect(shown.code).toBe(4)
    expect(shown.text).toContain('and a person said no')
  })

  test('stop ends the run', async () => {
    const shown = await run(['s'])
    expect(shown.code).toBe(130)
    expect(shown.text).toContain('stopped by a person')
    expect(await outcomes()).toEqual(['refused: a person: stop'])
  })

  test('what is no answer is asked again', async () => {
    expect((await run(['yes', 'x', 'n'])).code).toBe(4)
  })

  test.each([['--no-ask'], ['--json']])('with %s nobody is asked', async (flag) => {
    const shown = await run([], flag)
    expect({ code: shown.code, asked: questions(shown) }).toEqual({ code: 4, asked: 0 })
  })

  test('a deny is not asked about', async () => {
    const shown = await run([], '--deny-read=a.txt')
    expect({ code: shown.code, asked: questions(shown) }).toEqual({ code: 4, asked: 0 })
  })

  test('a tool that is called by hand asks too', async () => {
    const argv = ['tool', 'invoke', 'file-read', '--path', 'a.txt']
    const shown = await onTerminal(argv, ['o'], { cwd: project.path, home: home.path })
    expect(shown.code).toBe(0)
    expect(shown.text).toContain('hello')
  })

  test('names that act on a terminal are shown as what they are', async () => {
    const name = 'a\u202Etxt\u001B[31m'
    project.write(name, 'x')
    project.write(
      'odd.lua',
      String.raw`pcall(Tool.execute, "file-read", { path = "a\u{202E}txt\x1B[31m" })`,
    )
    const shown = await onTerminal(['run', 'odd.lua'], ['n'], {
      cwd: project.path,
      home: home.path,
    })
    expect(shown.text).toContain(String.raw`a\u{202e}txt\u{1b}[31m`)
    expect(shown.text).not.toContain('[a]lways')
  })
})

test.each([[undefined], ['']])('without a terminal nobody is asked (input %j)', async (input) => {
  const ended = await llmspell(['run', 'twice.lua'], {
    cwd: project.path,
    env: { LLMSPELL_HOME: home.path },
    ...(input === undefined ? {} : { input }),
  })
  expect(ended.code).toBe(4)
  expect(ended.stderr).not.toContain('wants:')
  expect(await outcomes()).toEqual(['denied: command line: nothing on the command line grants it'])
})
