import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Folder, llmspell } from '../cli/support.ts'

const MODEL = ['--model', 'mock/demo']
const ENTRIES = {
  lua: [
    'local agent = Agent.create{ system_prompt = "Answer in one line." }',
    'local words = agent:execute("Say \\"hello\\"").text',
    'words:match("You asked: [^\\n]*")',
    'local n = 1',
    'local n = n + 41',
    'n -- the answer',
    'nothing()',
    'return n, "two"',
    'taken = 1',
    '.undo',
    '"a \\" quote\\n"',
  ],
  javascript: [
    'const agent = await Agent.create({ systemPrompt: "Answer in one line." })',
    'const words = (await agent.execute("Say \\"hello\\"")).text',
    'words.split("\\n")[1]',
    'let n = 1',
    'let n = n + 41',
    'n',
    'nothing()',
    'const taken = 1',
    '.undo',
    '"a \\" quote\\n"',
  ],
} as const

describe.each([
  ['lua', 'lua'],
  ['javascript', 'js'],
] as const)('a session in %s', (engine, ending) => {
  test('is saved as a script that runs, and as a test that passes without a model', async () => {
    using folder = new Folder()
    const run = (argv: readonly string[], input = '') => llmspell(argv, { cwd: folder.path, input })
    const input = [...ENTRIES[engine], `.save spell saved`, '.save test saved', 'n', ''].join('\n')
    const session = await run(['repl', '-e', engine, '--keep-going', ...MODEL], input)
    expect(session.stderr).toMatch(/^line 7: error\[SCRIPT_ERROR\]/)
    expect(session.stdout).toContain(`Written: saved.test.${ending} with what models answered`)
    expect(session.stdout).toMatch(/42\n$/)
    const text = readFileSync(join(folder.path, `saved.test.${ending}`), 'utf8')
    expect(text).not.toMatch(/nothing|taken/)
    expect(text).toContain('42)')
    expect(await run(['run', `saved.${ending}`, ...MODEL])).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('error'),
    })
    const tested = await run(['test', `saved.test.${ending}`, ...MODEL])
    expect(tested.stdout).toContain('1 passed')
    expect(tested.code).toBe(0)
    const other = join(folder.path, '__cassettes__', `saved.test.${ending}.json`)
    expect(readFileSync(other, 'utf8')).toContain('Say ')
  })
})

test('what is there already is not replaced, and slips are told', async () => {
  using folder = new Folder({ 'mine.lua': 'print(1)\n' })
  const input = '.save spell mine\nx = 1\n.save spell mine\n.save spel a\n.load none.lua\n.media\n'
  const { code, stderr } = await llmspell(['repl', '--keep-going'], { cwd: folder.path, input })
  expect(code).toBe(3)
  expect(stderr.match(/error\[\w+\]: .*/g)).toEqual([
    'error[REPL_FILE]: No entry of this session went well: there is nothing to save.',
    "error[REPL_FILE]: The file 'mine.lua' cannot be written: it is there already.",
    "error[REPL_USAGE]: '.save' expects spell or test, and FILE; found 'spel'.",
    "error[REPL_FILE]: The file 'none.lua' cannot be read: it does not exist.",
    "error[REPL_USAGE]: '.media' needs PATH.",
  ])
  expect(readFileSync(join(folder.path, 'mine.lua'), 'utf8')).toBe('print(1)\n')
})
