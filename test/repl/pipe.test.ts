import { describe, expect, test } from 'vitest'
import { Folder, llmspell } from '../cli/support.ts'

const ENTRIES = {
  lua: 'local x = 40\nlocal function add(a)\n  return a + 2\nend\nadd(x)\nprint("hi")\nerror("oh")\n"behind"\n',
  javascript:
    'const x = 40\nfunction add(a) {\n  return a + 2\n}\nadd(x)\nprint("hi")\nthrow new Error("oh")\n"behind"\n',
} as const

describe.each(['lua', 'javascript'] as const)('a pipe of %s', (engine) => {
  test('gives results, the line of the first failure, and its exit code', async () => {
    const { code, stdout, stderr } = await llmspell(['repl', '-e', engine], {
      input: ENTRIES[engine],
    })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '42\nhi\n' })
    expect(stderr).toMatch(/^line 7: error\[SCRIPT_ERROR\]: oh\n/)
  })

  test('goes on behind a failure where it should, as documents too', async () => {
    const { code, stdout } = await llmspell(['repl', '-e', engine, '--keep-going', '--json'], {
      input: ENTRIES[engine],
    })
    const documents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(code).toBe(1)
    expect(documents).toMatchObject([
      { ok: true, line: 1 },
      { ok: true, line: 2 },
      { ok: true, line: 5, result: 42 },
      { ok: true, line: 6, output: 'hi\n' },
      { ok: false, line: 7, error: { code: 'SCRIPT_ERROR' } },
      { ok: true, line: 8, result: 'behind' },
    ])
  })
})

test('an entry that the input does not end is a failure', async () => {
  const { code, stdout, stderr } = await llmspell(['repl'], { input: 'x = 1\n\nif x then\n' })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^line 3: error\[SCRIPT_SYNTAX\]/)
})

test('what is not granted is denied, with the flag that grants it', async () => {
  using folder = new Folder({ 'a.txt': 'lamp' })
  const input = '#Tool.file_read{ path = "a.txt" }.result.content\n'
  const denied = await llmspell(['repl'], { cwd: folder.path, input })
  expect(denied.code).toBe(4)
  expect(denied.stderr).toContain('--allow-read')
  const allowed = await llmspell(['repl', '--allow-read=.'], { cwd: folder.path, input })
  expect(allowed).toMatchObject({ code: 0, stdout: '4\n' })
})

test('commands work, slips are told, and .exit leaves', async () => {
  using folder = new Folder({ 'lib.lua': 'local y = 5\nfunction twice(a) return a * 2 end\n' })
  const { code, stdout, stderr } = await llmspell(['repl', '--keep-going'], {
    cwd: folder.path,
    input:
      '.load lib.lua\ntwice(y)\ny = 6\n.undo\ny\n.tim\n.engine js\nconst z = 3\nz\n.exit\nerror()\n',
  })
  expect({ code, stdout }).toEqual({
    code: 2,
    stdout:
      '10\nTaken back: y = 6\n5\njavascript (javascript). Variables and agents of before are gone; what State has is there.\n3\n',
  })
  expect(stderr).toContain("There is no command '.tim'.\nhint: Did you mean '.time'?")
})

test('a choice that cannot be is refused, and what gives nothing shows nothing', async () => {
  const { code, stdout, stderr } = await llmspell(['repl', '--keep-going'], {
    input:
      '.engine workflow\n.model foo\n.model\n.model mock/demo\n.model mock/nope\nfunction f() return nil end\nf()\n=f()\nnil\n',
  })
  expect({ code, stdout }).toEqual({
    code: 2,
    stdout:
      'mock/demo, the default. Choose one: .model PROVIDER/MODEL (Tab shows them)\nmock/demo\nmock/nope, which its provider does not list\nnil\nnil\n',
  })
  expect(stderr.match(/error\[\w+\]/g)).toEqual(['error[ENGINE_UNKNOWN]', 'error[MODEL_UNKNOWN]'])
})
