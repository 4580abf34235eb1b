import { describe, expect, test } from 'vitest'
import { envelope, Folder, llmspell, widest } from './support.ts'

const HELP = [
  ['--help'],
  ['-h'],
  [],
  ['help'],
  ['help', 'help'],
  ['help', 'run'],
  ['run', '--help'],
  ['exec', '-h'],
  ['demo', '--help'],
  ['doctor', '--help'],
  ['init', '--help'],
  ['types', '--help'],
  ['tool', '--help'],
  ['tool'],
  ['tool', 'list', '--help'],
  ['tool', 'info', '--help'],
  ['tool', 'invoke', '--help'],
  ['plugin', '--help'],
  ['plugin', 'doctor', '--help'],
]

describe('help', () => {
  test.each(HELP.map((argv) => [argv]))('of %j fits into 80 columns', async (argv) => {
    const { code, stdout, stderr } = await llmspell(argv)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('USAGE')
    expect(widest(stdout)).toBeLessThanOrEqual(80)
  })

  test.each([[['exec']], [['tool', 'invoke']], [['init']], [['doctor']]])(
    'of %j says nothing twice',
    async (argv) => {
      const { stdout } = await llmspell([...argv, '--help'])
      const [title = ''] = stdout.split('\n')
      expect(stdout.split(title)).toHaveLength(2)
    },
  )

  test('of exec knows where the engine comes from', async () => {
    const { stdout } = await llmspell(['exec', '--help'])
    expect(stdout).toContain('engine of the config')
    expect(stdout).not.toContain('ending of FILE')
  })

  test('names exit codes, permissions and examples', async () => {
    const { stdout } = await llmspell(['--help'])
    for (const text of ['EXIT CODES', '130', '141', 'llmspell demo', '--allow-read']) {
      expect(stdout).toContain(text)
    }
  })
})

test('a Node that is too old is told of npx in a clone', async () => {
  using folder = new Folder()
  const fake = `Object.defineProperty(process, 'versions', { value: { node: '20.1.0' } })`
  const file = folder.write('old.cjs', fake)
  const { code, stderr } = await llmspell(['--version'], { env: { NODE_OPTIONS: `-r ${file}` } })
  expect(code).toBe(8)
  expect(stderr).toMatch(/^error\[NODE_TOO_OLD\]: .*20\.1\.0\.\nhint: Type npx llmspell/)
})

test('the demo says why it has no --json', async () => {
  expect(envelope(await llmspell(['demo', '--json']))).toMatchObject({
    error: { code: 'FLAG_UNKNOWN', hint: expect.stringContaining('llmspell run --json FILE') },
  })
})

test('version is the same as a word', async () => {
  expect(await llmspell(['version'])).toEqual(await llmspell(['--version']))
})

describe('tool', () => {
  test('list names them all, in 80 columns', async () => {
    const { code, stdout } = await llmspell(['tool', 'list'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}calculator/m)
    expect(stdout).toMatch(/^ {2}file-read/m)
    expect(widest(stdout)).toBeLessThanOrEqual(80)
    expect(envelope(await llmspell(['tool', 'list', '--json']))).toMatchObject({
      ok: true,
      tools: expect.arrayContaining([expect.objectContaining({ name: 'calculator' })]),
    })
  })

  test('info --json has both schemas whole', async () => {
    const document = envelope(await llmspell(['tool', 'info', 'calculator', '--json']))
    expect(document).toMatchObject({
      tool: { input: { type: 'object' }, output: { type: 'object' } },
    })
  })

  test('info shows parameters and an example that runs', async () => {
    const { stdout } = await llmspell(['tool', 'info', 'calculator'])
    expect(stdout).toContain('--expression')
    const example = stdout.split('\n').find((line) => line.includes('Tool.execute'))!
    expect(await llmspell(['exec', example.trim()])).toMatchObject({ code: 0, stderr: '' })
  })

  test('invoke takes pairs or JSON', async () => {
    const pairs = ['tool', 'invoke', 'calculator', '--expression', '2^10']
    expect(await llmspell(pairs)).toMatchObject({ code: 0, stdout: '1024\n' })
    const input = ['tool', 'invoke', 'calculator', '--input', '{"expression":"6*7"}', '--json']
    expect(envelope(await llmspell(input))).toMatchObject({ ok: true, success: true, text: '42' })
  })

  test('invoke is denied what the flags do not grant', async () => {
    using folder = new Folder({ 'a.txt': 'text of a' })
    const words = ['tool', 'invoke', 'file-read', '--path', 'a.txt']
    const options = { cwd: folder.path }
    expect(await llmspell(words, options)).toMatchObject({ code: 4 })
    expect(await llmspell([...words, '--allow-read=.'], options)).toMatchObject({
      code: 0,
      stdout: 'text of a\n',
    })
  })

  test('a failure that the tool reports has an exit code', async () => {
    const words = ['tool', 'invoke', 'calculator', '--expression', '1/0']
    const { code, stderr } = await llmspell(words)
    expect(code).toBe(7)
    expect(stderr).toMatch(/^error\[CALC_DOMAIN\]: .*\nhint: .*\n$/)
  })

  test('names may be written as scripts write them', async () => {
    const words = ['tool', 'invoke', 'file_read', '--path', 'README.md', '--allow-read=README.md']
    expect(await llmspell(words)).toMatchObject({ code: 0, stderr: '' })
  })

  test('a missing parameter says where all of them are told', async () => {
    const { code, stderr } = await llmspell(['tool', 'invoke', 'calculator'])
    expect({ code, stderr }).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('llmspell tool info calculator'),
    })
  })

  test.each([
    [['tool', 'info', 'calcluator'], "Did you mean 'calculator'?"],
    [['tool', 'invoke', 'calculator', '--expresion', '1'], "Did you mean '--expression'?"],
  ])('slips: %j', async (argv, hint) => {
    const { code, stderr } = await llmspell(argv)
    expect(stderr).toContain(hint)
    expect(code).toBeGreaterThan(1)
  })
})

describe('plugin', () => {
  test('list and inspect show what the manifests say', async () => {
    const { stdout } = await llmspell(['plugin', 'list'])
    expect(stdout).toMatch(/^engine-lua .* ready/m)
    expect(widest(stdout)).toBeLessThanOrEqual(80)
    const page = await llmspell(['plugin', 'inspect', 'engine-lua'])
    expect(page.stdout).toMatch(/^engines +lua/m)
    expect(widest(page.stdout)).toBeLessThanOrEqual(80)
  })

  test('inspect answers a slip', async () => {
    expect((await llmspell(['plugin', 'inspect', 'engin-lua'])).stderr).toContain("'engine-lua'")
  })

  test('doctor starts them all', async () => {
    const ended = await llmspell(['plugin', 'doctor', '--json'])
    const { ok, plugins } = envelope(ended) as { ok: boolean; plugins: { state: string }[] }
    expect({ ok, code: ended.code }).toEqual({ ok: true, code: 0 })
    expect(new Set(plugins.map((plugin) => plugin.state))).toEqual(new Set(['active']))
  })
})

test('doctor knows Node, engines, providers and the model', async () => {
  const ended = await llmspell(['doctor'], { env: { OPENAI_API_KEY: 'sk-test' } })
  for (const text of ['Node 24', 'lua', 'provider openai', 'default model']) {
    expect(ended.stdout).toContain(text)
  }
  expect(ended.stdout).not.toContain('sk-test')
  expect(widest(ended.stdout)).toBeLessThanOrEqual(80)
  expect(ended.code).toBe(0)
})
