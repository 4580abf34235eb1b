import { existsSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { envelope, Folder, llmspell, type Ended } from './support.ts'

const FILES = {
  'hello.lua': 'return 1',
  'syntax.lua': 'local a = 1\nlocal b = = 2\n',
  'own.lua': 'error{ code = "NO_INVOICE", message = "There is no invoice.", hint = "Write one." }',
  'runtime.lua': 'local t = nil\n\nreturn t.x\n',
  'tool.lua': 'return Tool.execute("calcluator", { expression = "1" })',
  'type.lua': 'return Tool.execute("calculator", { expression = 7 })',
  'read.lua': 'return Tool.execute("file-read", { path = "hello.lua" }).text',
  'key.lua': 'return Agent.create{ model = "openai/gpt-4o-mini" }:execute("hi").text',
  'loop.lua': 'while true do end',
  'calls.lua': 'for i = 1, 100 do Tool.exists("calculator") end',
  'print.lua': 'for i = 1, 100000 do print("much text") end',
  'thing.py': 'print(1)',
  'bad.toml': 'modle = "mock/demo"',
}

interface Bad {
  readonly argv: readonly string[]
  readonly code: string
  readonly exit: number
  /** All must be somewhere in stderr. */
  readonly says: readonly string[]
}

const CASES: Readonly<Record<string, Bad>> = {
  'a missing file': {
    argv: ['run', 'helo.lua'],
    code: 'FILE_NOT_FOUND',
    exit: 3,
    says: ["'helo.lua'", "Did you mean 'hello.lua'?"],
  },
  'a folder': { argv: ['run', '.'], code: 'FILE_UNREADABLE', exit: 3, says: ['is a folder'] },
  'a syntax error': {
    argv: ['run', 'syntax.lua'],
    code: 'SCRIPT_SYNTAX',
    exit: 1,
    says: ['syntax.lua:2', '2 | local b = = 2', '^'],
  },
  'a failing line': {
    argv: ['run', 'runtime.lua'],
    code: 'SCRIPT_ERROR',
    exit: 1,
    says: ['runtime.lua:3', '3 | return t.x'],
  },
  "a script's own error": {
    argv: ['run', 'own.lua'],
    code: 'NO_INVOICE',
    exit: 1,
    says: ['There is no invoice.', 'hint: Write one.', 'own.lua:1'],
  },
  'an unknown tool': {
    argv: ['run', 'tool.lua'],
    code: 'TOOL_NOT_FOUND',
    exit: 3,
    says: ["'calcluator'", "Did you mean 'calculator'?", 'tool.lua:1'],
  },
  'a wrong argument': {
    argv: ['run', 'type.lua'],
    code: 'INPUT_INVALID',
    exit: 3,
    says: ['expression', 'expected text', '7 (number)', 'type.lua:1'],
  },
  'a right that was not granted': {
    argv: ['run', 'read.lua'],
    code: 'PERMISSION_DENIED',
    exit: 4,
    says: ["'hello.lua'", '--allow-read=./hello.lua'],
  },
  'a missing key': {
    argv: ['run', 'key.lua'],
    code: 'PROVIDER_KEY_MISSING',
    exit: 6,
    says: ['OPENAI_API_KEY'],
  },
  'an unknown flag': {
    argv: ['run', '--alow-read=.', 'hello.lua'],
    code: 'FLAG_UNKNOWN',
    exit: 2,
    says: ["Did you mean '--allow-read'?"],
  },
  'an unknown command': {
    argv: ['rnu', 'hello.lua'],
    code: 'COMMAND_UNKNOWN',
    exit: 2,
    says: ["'rnu'", "Did you mean 'llmspell run'?"],
  },
  'an unknown command of a topic': {
    argv: ['tool', 'lits'],
    code: 'COMMAND_UNKNOWN',
    exit: 2,
    says: ["'tool lits'", "'llmspell tool list'"],
  },
  'a word too many': {
    argv: ['doctor', 'x'],
    code: 'ARGUMENT_UNEXPECTED',
    exit: 2,
    says: ["'llmspell doctor'", "'x'", 'llmspell doctor --help'],
  },
  'a word too many in a topic': {
    argv: ['tool', 'list', 'x'],
    code: 'ARGUMENT_UNEXPECTED',
    exit: 2,
    says: ["'llmspell tool list'", "'x'"],
  },
  'help for an unknown command': {
    argv: ['help', 'rnu'],
    code: 'COMMAND_UNKNOWN',
    exit: 2,
    says: ["Did you mean 'llmspell run'?"],
  },
  'an unknown config key': {
    argv: ['run', 'hello.lua', '--config', 'bad.toml'],
    code: 'CONFIG_INVALID',
    exit: 3,
    says: ["'modle'", "Did you mean 'model'?"],
  },
  'an unknown engine': {
    argv: ['run', 'hello.lua', '--engine=luaa'],
    code: 'ENGINE_UNKNOWN',
    exit: 2,
    says: ["'luaa'", 'lua (.lua)'],
  },
  'an unknown ending': {
    argv: ['run', 'thing.py'],
    code: 'ENGINE_UNKNOWN',
    exit: 2,
    says: ["'.py'", 'lua (.lua)'],
  },
  'too little memory': {
    argv: ['run', 'hello.lua', '--max-memory=1MiB'],
    code: 'FLAG_INVALID',
    exit: 2,
    says: ["'--max-memory'", 'at least 16 MiB', "'1MiB'", '--max-memory=16MiB'],
  },
  'too much time': {
    argv: ['run', 'loop.lua', '--max-time=200ms'],
    code: 'TIMEOUT',
    exit: 5,
    says: [],
  },
  'too many calls': {
    argv: ['run', 'calls.lua', '--max-calls=10'],
    code: 'BUDGET_EXCEEDED',
    exit: 5,
    says: ['10'],
  },
  'too much output': {
    argv: ['run', 'print.lua', '--max-output=1KiB', '--quiet'],
    code: 'OUTPUT_LIMIT',
    exit: 5,
    says: [],
  },
}

describe.each(Object.entries(CASES))('%s', (_, { argv, code, exit, says }) => {
  test('is told to people on stderr', async () => {
    using folder = new Folder(FILES)
    const ended = await llmspell(argv, { cwd: folder.path })
    expect(ended.stderr).toContain(`error[${code}]`)
    for (const text of says) expect(ended.stderr).toContain(text)
    expect(ended.code).toBe(exit)
  })

  test('is one document with --json', async () => {
    using folder = new Folder(FILES)
    const ended = await llmspell([...argv, '--json'], { cwd: folder.path })
    expect(envelope(ended)).toMatchObject({
      ok: false,
      error: { code, message: expect.any(String) },
    })
    expect(ended).toMatchObject({ code: exit, stderr: '' })
  })
})

test('an error inside a script has its place in the document', async () => {
  using folder = new Folder(FILES)
  const ended = await llmspell(['run', 'tool.lua', '--json'], { cwd: folder.path })
  expect(envelope(ended)).toMatchObject({
    error: { where: { file: 'tool.lua', line: 1 }, hint: expect.any(String) },
  })
})

test('a project cannot widen what its scripts may do', async () => {
  using folder = new Folder({ ...FILES, 'llmspell.toml': 'allow = { read = ["/"] }' })
  const ended = await llmspell(['run', 'hello.lua'], { cwd: folder.path })
  expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining('--allow-read=PATHS') })
})

test('a pipe for a config or a script does not hang', async () => {
  using folder = new Folder({ 'hello.lua': 'return 1' })
  execFileSync('mkfifo', ['llmspell.toml', 'pipe.lua'], { cwd: folder.path })
  for (const file of ['hello.lua', 'pipe.lua']) {
    const ended = await llmspell(['run', file], { cwd: folder.path })
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining('is a pipe') })
  }
})

const TOOL = `Tool.define{ name = "t", description = "d", parameters = {}, execute = function() print("go") while true do end end }
Tool.execute("t", {})`
const LOOPS = { 'loop.lua': 'print("go")\nwhile true do end', 'tool.lua': TOOL }

describe.each(Object.keys(LOOPS))('in the endless loop of %s', (file) => {
  const interrupted = async (
    name: 'SIGINT' | 'SIGTERM',
    ...flags: string[]
  ): Promise<Ended & { readonly ms: number }> => {
    using folder = new Folder(LOOPS)
    let start = 0
    const ended = await llmspell(['run', file, ...flags], {
      cwd: folder.path,
      meet: (child) =>
        child.stdout!.once('data', () => {
          start = performance.now()
          child.kill(name)
        }),
    })
    return { ...ended, ms: performance.now() - start }
  }

  test.each(['SIGINT', 'SIGTERM'] as const)('inline %s ends the process', async (name) => {
    const { signal, ms } = await interrupted(name)
    expect(signal).toBe(name)
    expect(ms).toBeLessThan(1000)
  })

  test('in a worker Ctrl-C cancels the run', async () => {
    const ended = await interrupted('SIGINT', '--isolation=worker')
    expect(ended).toMatchObject({ code: 130, stderr: expect.stringContaining('error[CANCELLED]') })
  })
})

test('--version stands alone', async () => {
  const { code, stderr } = await llmspell(['--version', '--plugin=x'])
  expect(code).toBe(2)
  expect(stderr).toContain("'--version' takes nothing beside it")
})

test.runIf(existsSync('/proc/self'))('a home that cannot be made ends a run', async () => {
  const env = { LLMSPELL_HOME: '/proc/nope' }
  const { code, stderr } = await llmspell(['exec', 'print(1)'], { env })
  expect(code).toBe(3)
  expect(stderr).toContain('error[CONFIG_INVALID]: LLMSPELL_HOME cannot be made')
})
