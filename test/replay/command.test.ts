import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { envelope, Folder, llmspell } from '../cli/support.ts'
import { OpenAIServer } from '../support/openai-server.ts'
import { ROOT } from '../support/root.ts'
import { shopModel } from './shop-model.ts'

let server: OpenAIServer
let env: Record<string, string>
beforeAll(async () => {
  server = await OpenAIServer.start(shopModel)
  env = { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: 'no real key' }
})
afterAll(() => server.close())
afterEach(() => server.reset(shopModel))

const ASK = `return Agent.create{ model = "openai/gpt-4o-mini" }:execute("About rain.").text`
const AGAIN = ASK.replace('rain', 'kettles')

describe('--record and --replay', () => {
  test('of exec, run and tool invoke keep answers and give them back', async () => {
    using folder = new Folder({ 'rain.lua': ASK })
    const cwd = folder.path
    const rows: readonly (readonly string[])[] = [
      ['exec', ASK],
      ['run', 'rain.lua'],
    ]
    for (const words of rows) {
      const recorded = await llmspell([...words, '--record', 'tapes/'], { cwd, env })
      expect(recorded).toMatchObject({ code: 0, stdout: 'Rain, all of it.\n' })
      expect(recorded.stderr).toMatch(/^recorded: 1 answer in tapes\/\w+\.json$/m)
      const replayed = await llmspell([...words, '--replay', 'tapes'], { cwd })
      expect(replayed).toEqual({ code: 0, signal: null, stdout: 'Rain, all of it.\n', stderr: '' })
    }
    expect(readdirSync(join(cwd, 'tapes')).sort()).toEqual(['exec.json', 'rain.json'])
    const tool = ['tool', 'invoke', 'calculator', '--expression', '6*7', '--record', 'tapes/']
    expect(await llmspell(tool, { cwd })).toMatchObject({ code: 0, stdout: '42\n' })
    expect(existsSync(join(cwd, 'tapes', 'tool-calculator.json'))).toBe(true)
  })

  test('together ask only for what is missing', async () => {
    using folder = new Folder()
    const options = { cwd: folder.path, env }
    const both = ['--record', 'a.json', '--replay', 'a.json']
    await llmspell(['exec', ASK, ...both], options)
    const more = `local rain = (function() ${ASK} end)() ${AGAIN}`
    expect(await llmspell(['exec', more, ...both], options)).toMatchObject({
      stdout: 'Kettles, all of them.\n',
      stderr: 'recorded: 1 answer in a.json\n',
    })
    expect(server.requests).toHaveLength(2)
    const unused = await llmspell(['exec', ASK, '--replay', 'a.json'], { cwd: folder.path })
    expect(unused.stderr).toMatch(
      /^warning: 1 answer of a\.json was not asked for:\n {2}interactions\[0\]/,
    )
  })

  test('know the model that nobody named, where no key says it', async () => {
    using folder = new Folder()
    const { path: cwd } = folder
    const source = ASK.replace('model = "openai/gpt-4o-mini"', '')
    const recorded = await llmspell(['exec', source, '--record', 'a.json'], { cwd, env })
    expect(recorded).toMatchObject({ code: 0, stdout: 'Rain, all of it.\n' })
    const replayed = await llmspell(['exec', source, '--replay', 'a.json'], { cwd })
    expect(replayed).toEqual({ code: 0, signal: null, stdout: recorded.stdout, stderr: '' })
    const other = ['exec', source, '--replay', 'a.json', '--model', 'mock/demo']
    const { stderr } = await llmspell(other, { cwd })
    expect(stderr).toContain('REPLAY_MISMATCH')
    expect(stderr).toContain('another model: add --model openai/')
  })

  test('say what is wrong', async () => {
    using folder = new Folder()
    const run = (...words: string[]) =>
      llmspell(['exec', ASK, '--json', ...words], { cwd: folder.path, env })
    await run('--record', 'a.json')
    const changed = await llmspell(['exec', AGAIN, '--replay', 'a.json'], { cwd: folder.path })
    expect(changed).toMatchObject({ code: 3, stderr: expect.stringMatching(/^\+.*About kettles/m) })
    const missing = await run('--replay', 'no.json')
    expect(missing.code).toBe(3)
    expect(envelope(missing)).toMatchObject({ error: { code: 'CASSETTE_NOT_FOUND' } })
    const differ = await run('--replay', 'a.json', '--record', 'b.json')
    expect(envelope(differ)).toMatchObject({ error: { code: 'FLAG_INVALID' } })
    const refused = await llmspell(
      [
        'exec',
        ASK.replace('About rain.', `About rain. sk-${'a1'.repeat(12)}`),
        '--record',
        'b.json',
      ],
      { cwd: folder.path, env },
    )
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('CASSETTE_SECRET') })
    expect(readdirSync(folder.path)).toEqual(['a.json'])
  })
})

/** A copy of the example, without cassettes unless they are wanted. */
class Example implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'llmspell-example-'))

  constructor(cassettes: boolean) {
    const from = join(ROOT, 'examples', 'tests')
    cpSync(from, this.path, { recursive: true })
    if (!cassettes) rmSync(join(this.path, '__cassettes__'), { recursive: true })
  }

  cassettes(): Readonly<Record<string, string>> {
    const folder = join(this.path, '__cassettes__')
    return Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    )
  }

  test(words: readonly string[], withKey = false) {
    const more = withKey ? { env } : {}
    return llmspell(['test', '--allow-read=.', ...words], { cwd: this.path, ...more })
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** Without what is known of models: prices change. */
function interactionsOf(cassettes: Readonly<Record<string, string>>): unknown {
  return Object.entries(cassettes).map(([name, text]) => {
    return [name, (JSON.parse(text) as { readonly interactions: unknown }).interactions]
  })
}

describe('llmspell test', () => {
  test('runs the example as it is in the repository', async () => {
    const { code, stdout, stderr } = await llmspell(
      ['test', 'examples/tests', '--allow-read=examples/tests'],
      { cwd: ROOT },
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trim().split('\n')
    expect(lines).toHaveLength(8)
    expect(lines[0]).toMatch(
      /^ok {3}examples\/tests\/haiku\.test\.js › a haiku has three lines \(\d+ ms\)$/,
    )
    expect(lines.at(-1)).toMatch(/^6 passed in 2 scripts \(\d\.\d s\)$/)
  })

  test('records what is missing, updates all, and gives the same files', async () => {
    using example = new Example(false)
    using committed = new Example(true)
    const missing = await example.test([])
    expect(missing).toMatchObject({ code: 1, stdout: expect.stringContaining('REPLAY_MISMATCH') })
    expect(existsSync(join(example.path, '__cassettes__'))).toBe(false)
    expect(await example.test(['--record'], true)).toMatchObject({ code: 0 })
    const recorded = example.cassettes()
    expect(interactionsOf(recorded)).toEqual(interactionsOf(committed.cassettes()))
    const asked = server.requests.length
    expect(await example.test(['--record', '--concurrency', '4'], true)).toMatchObject({ code: 0 })
    expect(server.requests).toHaveLength(asked)
    expect(await example.test(['--update', '--concurrency', '4'], true)).toMatchObject({ code: 0 })
    expect(server.requests).toHaveLength(asked * 2)
    expect(example.cassettes()).toEqual(recorded)
  })

  test('shows failures last, with place and difference, and what was printed', async () => {
    using folder = new Folder({
      'a.test.lua': [
        'print("before")',
        'Test.case("tables", function()',
        '  Test.equal({ a = { 1, 2, 3 }, b = "x" }, { a = { 1, 5, 3 }, b = "x" }, "lamps")',
        'end)',
        'Test.case("good", function() Test.ok(true) end)',
      ].join('\n'),
      'b.test.js': `await Test.case('raises', () => Test.raises(() => 1, 'NO_LAMP'))\nTest.case('late', async () => { await Run.sleep(20) })`,
      'c.test.ts': `const n: number = 1\nawait Test.case('types', () => Test.equal(n, 1))`,
      'd.test.lua': 'print("no case")',
    })
    const { code, stdout, stderr } = await llmspell(['test'], { cwd: folder.path })
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^3 passed, 3 failed in 4 scripts/m)
    const [, last = ''] = stdout.split(/^3 passed.*$/m)
    expect(last).toContain("lamps: expected 5 at '.a[1]', found 2.")
    expect(last).toMatch(/--> a\.test\.lua:3/)
    expect(last).toMatch(/^ +- {2}"a": \[1, 5, 3\],?$/m)
    expect(last).toMatch(/^ +\+ {2}"a": \[1, 2, 3\],?$/m)
    expect(last).toContain('a.test.lua printed:\n  before')
    expect(last).toContain("Expected the error 'NO_LAMP', but nothing was raised.")
    // Nobody awaits it, and it is waited for.
    expect(stdout).toMatch(/^ok {3}b\.test\.js › late/m)
    expect(last).toContain('The script has no case.')
  })

  test('fails for recordings that nobody asks for, and for a swallowed mismatch', async () => {
    using example = new Example(true)
    const file = join(example.path, 'shop.test.lua')
    const source = readFileSync(file, 'utf8')
    writeFileSync(file, source.slice(0, source.indexOf('Test.case("an answer streams')))
    const unused = await example.test(['shop.test.lua'])
    expect(unused).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('that nobody asked for'),
    })
    expect(unused.stdout).toContain('Good morning!')
    expect((await example.test(['shop.test.lua', '--filter', 'piano'])).stdout).not.toContain(
      'nobody',
    )
    writeFileSync(
      file,
      `${source}\nTest.case("quiet", function() pcall(function() shop.clerk():execute("Psst") end) end)`,
    )
    const quiet = await example.test(['shop.test.lua'])
    expect(quiet).toMatchObject({ code: 1, stdout: expect.stringContaining('(cassette)') })
    expect(quiet.stdout).toMatch(/^ +\+.*Psst/m)
  })

  test('says that there is no cassette yet, and records it without what is no longer asked', async () => {
    const asking = (...words: string[]) =>
      words
        .map(
          (word) =>
            `Test.case("${word}", function() Test.ok(Agent.create{ model = "mock/demo" }:execute("${word}").text) end)`,
        )
        .join('\n')
    using folder = new Folder({ 'a.test.lua': asking('one', 'two') })
    const cwd = folder.path
    const first = await llmspell(['test', 'a.test.lua'], { cwd })
    expect(first).toMatchObject({ code: 1 })
    expect(first.stdout).toContain("Cassette '__cassettes__/a.test.lua.json'")
    expect(first.stdout).toMatch(/no cassette yet[^]*hint: .*--record/)
    const recorded = await llmspell(['test', '--record'], { cwd })
    expect(recorded.stdout).toContain('recorded: 2 answers in __cassettes__/a.test.lua.json\n')
    folder.write('a.test.lua', asking('two', 'three'))
    const some = await llmspell(['test', '--record', '--filter', 'three'], { cwd })
    expect(some.stdout).toContain('recorded: 1 answer in')
    expect(some.stdout).not.toContain('dropped')
    const rest = await llmspell(['test', '--record'], { cwd })
    expect(rest.stdout).toMatch(/^dropped: 1 answer of .* asked for:\n {2}.*"one"$/m)
    expect(await llmspell(['test'], { cwd })).toMatchObject({ code: 0 })
  })

  test('no case at all is no success', async () => {
    using folder = new Folder({ 'a.test.lua': 'Test.case("one", function() end)' })
    const cwd = folder.path
    const none = await llmspell(['test', '--filter', 'nosuch'], { cwd })
    expect(none).toMatchObject({ code: 3, stderr: expect.stringContaining('FILTER_UNKNOWN') })
    folder.write('a.test.lua', 'print(1)')
    const empty = await llmspell(['test'], { cwd })
    expect(empty).toMatchObject({ code: 3, stdout: expect.stringContaining('has no case') })
  })

  test('filters, bails out and prints events for programs', async () => {
    using example = new Example(true)
    const some = await example.test(['--filter', 'haiku', '--json'])
    expect(some.code).toBe(0)
    const events = some.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string })
    expect(events[0]).toMatchObject({
      event: 'case',
      file: 'haiku.test.js',
      name: 'a haiku has three lines',
      ok: true,
    })
    expect(events.at(-1)).toMatchObject({
      event: 'summary',
      ok: true,
      passed: 1,
      failed: 0,
      skipped: 5,
      files: 2,
    })
    using folder = new Folder({
      'a.test.lua':
        'Test.case("one", function() Test.ok(false) end) Test.case("two", function() end)',
      'b.test.lua': 'Test.case("three", function() end)',
    })
    const bailed = await llmspell(['test', '--bail', '--json'], { cwd: folder.path })
    expect(bailed.code).toBe(1)
    expect(bailed.stdout).toContain('"skipped":1')
    expect(bailed.stdout).not.toContain('three')
  })

  test('knows its flags and files', async () => {
    using folder = new Folder()
    const run = async (...words: string[]) =>
      (await llmspell(['test', ...words], { cwd: folder.path })).stderr
    expect(await run()).toContain('TESTS_NOT_FOUND')
    expect(await run('no.test.lua')).toContain('FILE_NOT_FOUND')
    expect(await run('--update', '--filter', 'x')).toContain('FLAG_INVALID')
    expect(await run('.', '--shout')).toContain('FLAG_UNKNOWN')
  })

  test('a test is a plain script for llmspell run', async () => {
    using folder = new Folder({ 'a.test.lua': 'Test.case("one", function() Test.equal(1, 2) end)' })
    expect(await llmspell(['run', 'a.test.lua'], { cwd: folder.path })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('error[TEST_FAILED]: Expected 2, found 1.'),
    })
  })
})
