import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Folder, llmspell } from '../cli/support.ts'

const MODEL = ['--model', 'mock/demo']
const ENTRIES = {
  lua: [
    'local agent = Agent.create{ system_prompt = "Answer in one line." }',
    'local words = agent:execute("Say \\"hello\\"").text',
    'words:match("hello")',
    'local n = 1',
    'local n = n + 41',
    'n -- the answer',
    'nothing()',
    'return n, "two"',
    'agent:execute("Say taken").text',
    '.undo',
    '"a \\" quote\\n"',
  ],
  javascript: [
    'const agent = await Agent.create({ systemPrompt: "Answer in one line." })',
    'const words = (await agent.execute("Say \\"hello\\"")).text',
    'words.includes("hello")',
    'let n = 1',
    'let n = n + 41',
    'n',
    'nothing()',
    '(await agent.execute("Say taken")).text',
    '.undo',
    '"a \\" quote\\n"',
  ],
} as const

const GIVEN = {
  lua: 'hello\n42\n42\ttwo\na " quote\n\n',
  javascript: 'true\n42\na " quote\n\n',
} as const

/** Another language asks first: what it was answered belongs to no entry that is saved. */
const FIRST = {
  lua: ['.engine javascript', '(await (await Agent.create({})).execute("no")).text', '.engine lua'],
  javascript: ['.engine lua', 'Agent.create{}:execute("no").text', '.engine javascript'],
} as const

// The other language walks the same way, and costs as much again; what it writes the tests of the writer show.
const LANGUAGES: readonly (keyof typeof ENTRIES)[] =
  process.env['LLMSPELL_TEST_FULL'] === '1' ? ['lua', 'javascript'] : ['lua']
const ENDING = { lua: 'lua', javascript: 'js' } as const

describe.each(LANGUAGES)('a session in %s', (engine) => {
  const ending = ENDING[engine]

  test('is saved as a script that runs, and as a test that passes without a model', async () => {
    using folder = new Folder()
    const run = (argv: readonly string[], input = '') => llmspell(argv, { cwd: folder.path, input })
    const input = [
      ...FIRST[engine],
      ...ENTRIES[engine],
      `.save spell saved`,
      '.save test saved',
      'n',
      '',
    ].join('\n')
    const session = await run(['repl', '-e', engine, '--keep-going', ...MODEL], input)
    expect(session.stderr).toMatch(/^line 10: error\[SCRIPT_ERROR\]/)
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
    const cassette = readFileSync(other, 'utf8')
    expect(cassette).toContain('Say ')
    expect(cassette).not.toContain('taken')
    const spell = await run(['run', `saved.${ending}`, ...MODEL])
    expect(spell.stdout).toBe(GIVEN[engine])
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

test('a cassette that is there is not replaced, a key is left out, and a name of another language refused', async () => {
  using folder = new Folder({ '__cassettes__/mine.test.lua.json': 'mine' })
  const key = `sk-proj-${'a1b2c3d4e5'.repeat(4)}`
  const input = `Agent.create{}:execute("hi").text:len() > 0\nkey = "${key}"\n.save test mine\n.save spell b.js\n.save spell own\n`
  const { stdout, stderr } = await llmspell(['repl', '--keep-going', ...MODEL], {
    cwd: folder.path,
    input,
  })
  expect(stderr.match(/error\[\w+\]: .*/g)).toEqual([
    "error[REPL_FILE]: The file '__cassettes__/mine.test.lua.json' cannot be written: it is there already.",
    "error[REPL_USAGE]: 'b.js' is a name for javascript; this session is in lua.",
  ])
  expect(existsSync(join(folder.path, 'mine.test.lua'))).toBe(false)
  expect(stdout).toContain('Written: own.lua. What looks like a key')
  expect(readFileSync(join(folder.path, 'own.lua'), 'utf8')).toContain('key = "[secret]"')
})

test('a test has a store of its own, and that of the user where a flag says so', async () => {
  const save = 'State.save("custom:shelf", "lamp", 3)\n'
  const look = 'Test.equal(State.load("custom:shelf", "lamp"), nil)\n'
  using folder = new Folder({
    'own.test.lua': `Test.case("none", function() ${look} ${save} end)\n`,
  })
  const env = { LLMSPELL_HOME: join(folder.path, 'home') }
  const run = (...argv: readonly string[]) => llmspell(argv, { cwd: folder.path, env })
  for (let i = 0; i < 2; i++) expect(await run('test', 'own.test.lua')).toMatchObject({ code: 0 })
  expect((await run('exec', 'return State.exists("custom:shelf", "lamp")')).stdout).toBe('false\n')
  await run('exec', save)
  expect((await run('test', 'own.test.lua')).code).toBe(0)
  expect((await run('test', 'own.test.lua', '--user-store')).code).toBe(1)
})
