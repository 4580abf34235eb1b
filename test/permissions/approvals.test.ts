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

  test('what is no answer is asked again, with the answers', async () => {
    const shown = await run(['x', '?', 'n'])
    expect(shown.code).toBe(4)
    expect(shown.text).toContain('answer o, r, a, n or s (y counts as o, ? explains them)')
    expect(shown.text).toContain('r  run: the same again until this run ends')
  })

  test.each([['y'], ['yes']])('%s counts as once', async (key) => {
    const shown = await run([key, key])
    expect({ code: shown.code, asked: questions(shown) }).toEqual({ code: 0, asked: 2 })
  })

  test('a folder says that its rule covers all below it', async () => {
    const argv = ['tool', 'invoke', 'directory-list', '--path', '.']
    const shown = await onTerminal(argv, ['n'], { cwd: project.path, home: home.path })
    expect(shown.text).toContain('writes read=. (and all below it)')
    expect(shown.text).toMatch(/for\s+you, by tool invoke/)
  })

  test('a file with its folders is one question', async () => {
    const params = '{"path":"a/b/new.txt","content":"x","parents":true}'
    const argv = ['tool', 'invoke', 'file-write', '--params', params]
    const shown = await onTerminal(argv, ['o'], { cwd: project.path, home: home.path })
    expect(shown.text.match(/wants: write/g)).toHaveLength(1)
    expect(shown.text).toContain('those of its path that are missing are made')
    expect(readFileSync(join(project.path, 'a', 'b', 'new.txt'), 'utf8')).toBe('x')
  })

  test('a command is shown whole, one argument in a line, and with all that it needs', async () => {
    const long = `${'x'.repeat(300)}end`
    const params = JSON.stringify({
      program: 'printf',
      args: ['%s', 'a b', long],
      stdin: 'one\ntwo',
    })
    const argv = ['tool', 'invoke', 'command', '--params', params]
    const shown = await onTerminal(argv, ['n'], { cwd: project.path, home: home.path })
    expect(shown.text).toMatch(/argv\s+printf\r?\n\s+%s\r?\n\s+"a b"\r?\n\s+x{68}\r?\n/)
    expect(shown.text.replaceAll(/\s/g, '')).toContain(long)
    expect(shown.text).toMatch(/stdin\s+bytes: 7/)
    expect(shown.text).toContain('an empty folder')
    expect(shown.text).toMatch(/always\s+not offered: \w/)
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
    expect(shown.text).toContain('not offered: it has hidden characters')
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
