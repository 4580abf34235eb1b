import { expect, test } from 'vitest'
import { envelope, Folder, llmspell } from './support.ts'

test('a script prints, then its value is printed', async () => {
  using folder = new Folder({ 'a.lua': 'print("one", 2)\nwrite("three ")\nreturn "four"' })
  expect(await llmspell(['run', 'a.lua'], { cwd: folder.path })).toMatchObject({
    code: 0,
    stdout: 'one\t2\nthree four\n',
    stderr: '',
  })
})

test.each([
  ['return 42', '42\n'],
  ['return { a = 1 }', '{\n  "a": 1\n}\n'],
  ['return nil', ''],
  ['return "text\\n"', 'text\n'],
])('the value of %s', async (code, stdout) => {
  expect(await llmspell(['exec', code])).toMatchObject({ code: 0, stdout })
})

test('--json is one document and nothing else', async () => {
  const ended = await llmspell(['exec', 'print("hi") return { n = 1 }', '--json'])
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(envelope(ended)).toEqual({
    ok: true,
    result: { n: 1 },
    output: 'hi\n',
    run_id: expect.any(String),
    usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0, cost: 0 },
    calls: expect.any(Number),
    duration_ms: expect.any(Number),
  })
})

test('arguments reach the script', async () => {
  const code = 'return { ARGS[1], ARGS[2], ARGS.topic, ARGS.verbose, #arg }'
  const { stdout } = await llmspell(['exec', code, 'a', '--topic', 'cats', 'b', '--verbose'])
  expect(JSON.parse(stdout)).toEqual(['a', 'b', 'cats', 'true', 2])
})

test('a dash reads the script from stdin', async () => {
  expect(await llmspell(['run', '-', 'x'], { input: 'return ARGS[1]' })).toMatchObject({
    code: 0,
    stdout: 'x\n',
  })
})

test('an open, silent stdin holds nothing up', async () => {
  expect(await llmspell(['exec', 'return 1'])).toMatchObject({ code: 0, stdout: '1\n' })
  expect(await llmspell(['run'])).toMatchObject({ code: 2 })
})

test('equal seeds give equal numbers', async () => {
  const args = ['exec', 'return math.random(1000000)', '--seed']
  const [a, b, c] = await Promise.all(['x', 'x', 'y'].map((seed) => llmspell([...args, seed])))
  expect(a!.stdout).toBe(b!.stdout)
  expect(a!.stdout).not.toBe(c!.stdout)
})

test('what a script prints cannot act on the terminal; colours may', async () => {
  const code = String.raw`write("\27]52;c;ZXZpbA==\7\27]0;owned\7\27[2J\27[31mred\27[0m")`
  const { stdout } = await llmspell(['exec', code])
  expect(stdout).toBe('\u001B[31mred\u001B[0m')
})

test('much output arrives whole through a pipe', async () => {
  const { stdout } = await llmspell(['exec', 'for i = 1, 50000 do print(i) end'])
  expect(stdout.split('\n').length).toBe(50_001)
})

test('a reader that leaves ends the process quietly', async () => {
  const ended = await llmspell(['exec', 'for i = 1, 200000 do print(i) end'], {
    meet: (child) => child.stdout!.once('data', () => child.stdout!.destroy()),
  })
  expect(ended).toMatchObject({ code: 141, stderr: '' })
})

test.each(['inline', 'worker'])('the same in isolation %s', async (isolation) => {
  const code = 'print(Tool.execute("calculator", { expression = "6*7" }).text)'
  expect(await llmspell(['exec', code, `--isolation=${isolation}`])).toMatchObject({
    code: 0,
    stdout: '42\n',
    stderr: '',
  })
})
