import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { ROOT } from '../support/root.ts'
import { envelope, Folder, llmspell, widest } from './support.ts'

const EXAMPLES = join(ROOT, 'examples', 'workflows')
const FILES = readdirSync(EXAMPLES).filter((name) => /\.(ya?ml|json)$/.test(name))
const SCHEMA = join(ROOT, 'plugins', 'workflows', 'schemas', 'workflow-file.json')
const read = (file: string): string => readFileSync(file, 'utf8')

const RUNS: Readonly<Record<string, readonly [readonly string[], unknown]>> = {
  'greet.yaml': [['--who', 'Ada'], 'Write a calm greeting for Ada'],
  'bill.yaml': [['--price', '10', '--pieces=2'], { value: expect.closeTo(23.8) }],
  'size.yaml': [['--pieces', '300'], { value: 3 }],
  'squares.yaml': [
    ['--numbers', '2', '--numbers', '3'],
    [{ value: 4 }, { value: 9 }],
  ],
  'both.yaml': [[], { hash: { bytes: 5 }, sum: { value: 43 } }],
  'careful.json': [[], { value: 20 }],
  'lines.yaml': [
    ['--lines', '["a", "b"]'],
    ['1: a', '2: b'],
  ],
}

const BAD = `apiVersion: llmspell/v1
name: bad
type: sequential
steps:
  - name: a
    tool: calcluator
    input: { expression: "{{steps.b.output}}" }
  - name: b
    tool: calculator
    inputt: {}
`

test('a fallback is no further step, and what was undone is said', async () => {
  using folder = new Folder()
  folder.write(
    'undo.yaml',
    `apiVersion: llmspell/v1
name: undo
type: sequential
steps:
  - { name: a, tool: calculator, input: { expression: "1" }, compensate: { tool: calculator, input: { expression: "0" } } }
  - { name: b, tool: calculator, input: { expression: "(" }, fallback: { name: c, tool: calculator, input: { expression: "2" } } }
  - { name: d, tool: calculator, input: { expression: "(" } }
`,
  )
  const { code, stderr } = await llmspell(['run', 'undo.yaml'], { cwd: folder.path })
  expect(code).not.toBe(0)
  expect([...stderr.matchAll(/^(\d\/\d) /gm)].map(([, part]) => part)).toEqual([
    '1/3',
    '2/3',
    '3/3',
  ])
  expect(stderr).toContain("Workflow 'undo' has failed; undone: 'a'.")
})

describe('examples of workflow files', () => {
  test.each(FILES)('%s runs, and both commands do the same', async (name) => {
    const [args, value] = RUNS[name]!
    const file = join(EXAMPLES, name)
    for (const words of [['run'], ['workflow', 'run']]) {
      const ended = envelope(await llmspell([...words, file, ...args, '--json']))
      expect(ended).toMatchObject({ ok: true, result: value })
    }
  })

  test.each(FILES)('%s is sound, for the program and for editors', async (name) => {
    const file = join(EXAMPLES, name)
    expect(await llmspell(['workflow', 'validate', file])).toMatchObject({ code: 0, stderr: '' })
    const valid = new Ajv2020().compile(JSON.parse(read(SCHEMA)) as object)
    valid(parse(read(file)))
    expect(valid.errors).toBeNull()
  })
})

describe('workflow validate', () => {
  test('prints all problems with their places', async () => {
    using folder = new Folder({ 'bad.yaml': BAD })
    const ended = await llmspell(['workflow', 'validate', 'bad.yaml'], { cwd: folder.path })
    expect(ended).toMatchObject({ code: 3, stderr: '' })
    expect(ended.stdout).toContain("bad.yaml:6:5: steps[0].tool: Tool 'calcluator'")
    expect(ended.stdout).toContain("Did you mean 'calculator'?")
    expect(ended.stdout).toContain('bad.yaml:7:14: steps[0].input.expression')
    expect(ended.stdout).toContain('bad.yaml:10:5: steps[1].inputt')
    const json = await llmspell(['workflow', 'validate', '--json', 'bad.yaml'], {
      cwd: folder.path,
    })
    const { ok, problems } = envelope(json)
    expect([json.code, ok, (problems as object[]).length]).toEqual([3, false, 3])
  })

  test('and run names the same before anything runs', async () => {
    using folder = new Folder({ 'bad.yaml': BAD })
    const ended = await llmspell(['run', 'bad.yaml'], { cwd: folder.path })
    expect(ended).toMatchObject({ code: 3, stdout: '' })
    expect(ended.stderr).toContain('error[WORKFLOW_INVALID]')
    expect(ended.stderr).toContain('bad.yaml:7:14: steps[0].input.expression')
  })

  test('reads stdin, and says what is missing', async () => {
    const piped = await llmspell(['workflow', 'validate', '-'], { input: BAD })
    expect(piped).toMatchObject({ code: 3, stdout: expect.stringContaining('(stdin):6:5') })
    expect(await llmspell(['workflow', 'validate', 'nowhere.yaml'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('FILE_NOT_FOUND'),
    })
    expect(await llmspell(['workflow', 'valdate'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('llmspell workflow validate'),
    })
  })
})

describe('workflow run', () => {
  const bill = join(EXAMPLES, 'bill.yaml')

  test('refuses inputs that are missing, unknown or of another type, all at once', async () => {
    const ended = await llmspell(['workflow', 'run', bill, '--prise', '1', '--pieces', 'two'])
    expect(ended).toMatchObject({ code: 3, stdout: '' })
    for (const part of ["'prise'", "'pieces'", "'price'", "Did you mean '--price'?"]) {
      expect(ended.stderr).toContain(part)
    }
  })

  test('keeps permissions and limits as for any script', async () => {
    const flow = (tool: string, input: string): string =>
      `apiVersion: llmspell/v1\nname: x\ntype: sequential\nsteps: [{ tool: ${tool}, input: ${input} }]\n`
    using folder = new Folder({
      'read.yaml': flow('file-read', '{ path: read.yaml }'),
      'calls.yaml': flow('calculator', '{ expression: 1 + 1 }'),
    })
    const run = (...words: string[]) => llmspell(['run', ...words], { cwd: folder.path })
    expect(await run('read.yaml')).toMatchObject({ code: expect.not.toBeOneOf([0]) })
    expect(await run('read.yaml', '--allow-read=.')).toMatchObject({ code: 0 })
    expect(await run('calls.yaml', '--max-calls=1')).toMatchObject({
      code: expect.not.toBeOneOf([0]),
    })
    expect(await run('calls.yaml', '--isolation=worker')).toMatchObject({ code: 0 })
  })
})

describe('workflow graph and schema', () => {
  test('print a flowchart, a tree and the schema', async () => {
    const file = join(EXAMPLES, 'size.yaml')
    const drawn = await llmspell(['workflow', 'graph', file])
    expect(drawn.stdout).toMatch(/^flowchart TD\n/)
    const tree = await llmspell(['workflow', 'graph', file, '--format=text'])
    expect(tree.stdout).toContain('└─ default [branch]')
    const { stdout } = await llmspell(['workflow', 'schema'])
    expect(stdout).toBe(read(SCHEMA))
  })

  test('help fits into 80 columns', async () => {
    for (const verb of ['run', 'validate', 'graph', 'schema']) {
      const { stdout } = await llmspell(['workflow', verb, '--help'])
      expect(widest(stdout)).toBeLessThanOrEqual(80)
    }
  })
})
