import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../support/root.ts'
import { envelope, Folder, llmspell, pluginFolder, type Ended } from './support.ts'

const EXAMPLES = join(ROOT, 'examples/plugins')
const dice = ['--plugin', join(EXAMPLES, 'dice.lua')]
const haiku = ['--plugin', join(EXAMPLES, 'haiku.js')]

/** A package with commands, whose code leaves a file where it is loaded. */
function home(commands: readonly object[], run = ''): Folder {
  const llmspell = {
    manifest: 1,
    id: 'weather',
    main: './index.js',
    phase: 'globals',
    contributes: { commands },
  }
  const engines = { llmspell: '^0.2.0' }
  const json = { name: 'llmspell-weather', version: '1.0.0', type: 'module', engines, llmspell }
  const code = `import { writeFileSync } from 'node:fs'
writeFileSync(process.env.LOADED, '')
const run = async (call) => { ${run} }
export default { $llmspell: 'plugin/2', setup(ctx) { ${commands.map((one) => `ctx.contribute('commands', ${JSON.stringify((one as { name?: string }).name)}, { run })`).join(';')} } }`
  const folder = new Folder(pluginFolder(json))
  folder.write('plugins/node_modules/llmspell-weather/index.js', code)
  return folder
}

const inHome = (folder: Folder, argv: readonly string[]): Promise<Ended> =>
  llmspell(argv, {
    cwd: folder.path,
    env: { LLMSPELL_HOME: folder.path, LOADED: join(folder.path, 'loaded') },
  })
const loaded = (folder: Folder): boolean => existsSync(join(folder.path, 'loaded'))

const TODAY = {
  name: 'weather today',
  summary: 'What to wear',
  description: 'Looks out of the window.',
  args: [
    { name: 'city', summary: 'Where', required: true },
    { name: 'more', summary: 'Further places', repeatable: true },
  ],
  flags: [
    { name: 'days', type: 'number', summary: 'How many', default: 1 },
    { name: 'unit', summary: 'Of degrees', choices: ['C', 'F'], default: 'C' },
    { name: 'wind', type: 'boolean', summary: 'With wind' },
    { name: 'tag', summary: 'Marks', repeatable: true },
  ],
  examples: [{ command: 'weather today Oslo', description: 'In Oslo' }],
}

describe('a command of an installed plugin', () => {
  test('is in the help, by its manifest alone, and loaded on use', async () => {
    using folder = home(
      [TODAY],
      "call.write(JSON.stringify([call.args, call.flags]) + '\\n'); call.answer({ ok: 1 }); return 3",
    )
    const root = await inHome(folder, ['--help'])
    expect(root.stdout).toMatch(/^ {2}weather /m)
    const topic = await inHome(folder, ['weather', '--help'])
    expect(topic.stdout).toMatch(/weather today +What to wear/)
    const page = await inHome(folder, ['help', 'weather', 'today'])
    expect(page.stdout).toContain('Looks out of the window.')
    expect(page.stdout).toContain('llmspell weather today Oslo')
    expect(page.stdout).toMatch(/--days=N +How many \(default: 1\)/)
    expect(loaded(folder)).toBe(false)
    const ran = await inHome(folder, [
      'weather',
      'today',
      'Oslo',
      'Rome',
      'Bern',
      '--tag',
      'a',
      '--tag',
      'b',
      '--days=2',
    ])
    expect(ran).toMatchObject({ code: 3, stderr: '' })
    expect(JSON.parse(ran.stdout)).toEqual([
      { city: 'Oslo', more: ['Rome', 'Bern'] },
      { days: 2, unit: 'C', wind: false, tag: ['a', 'b'] },
    ])
    const json = await inHome(folder, ['weather', 'today', 'Oslo', '--wind', '--json'])
    expect(envelope(json)).toMatchObject({
      ok: false,
      code: 3,
      result: { ok: 1 },
      output: expect.stringContaining('"wind":true'),
    })
  })

  test.each([
    [['weather', 'today'], 'ARGUMENT_MISSING', 'CITY'],
    [['weather', 'today', 'Oslo', '--days', 'x'], 'FLAG_INVALID', 'expected a number'],
    [['weather', 'today', 'Oslo', '--unit', 'K'], 'FLAG_INVALID', 'expected C or F'],
    [['weather', 'today', 'Oslo', '--unt', 'C'], 'FLAG_UNKNOWN', "Did you mean '--unit'?"],
    [['weather', 'todya'], 'COMMAND_UNKNOWN', "Did you mean 'llmspell weather today'?"],
    [['wether'], 'COMMAND_UNKNOWN', "Did you mean 'llmspell weather'?"],
  ])('refuses %j before its code is loaded', async (argv, code, text) => {
    using folder = home([TODAY])
    const ended = await inHome(folder, argv)
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain(`error[${code}]`)
    expect(ended.stderr).toContain(text)
    expect(loaded(folder)).toBe(false)
  })

  test.each([
    [
      'one of ours',
      { name: 'run', summary: 'x' },
      "The name 'commands/run' of plugin 'weather' is already taken",
    ],
    ['one of a topic of ours', { name: 'tool extra', summary: 'x' }, "'commands/tool extra'"],
  ])('with the name of %s takes its plugin out', async (_what, item, text) => {
    using folder = home([item])
    const ended = await inHome(folder, ['exec', 'return 1'])
    expect(ended).toMatchObject({ code: 0, stdout: '1\n' })
    expect(ended.stderr).toContain(text)
    const { stdout } = await inHome(folder, ['plugin', 'doctor', '--json'])
    expect(stdout).toContain('CONTRIBUTION_CONFLICT')
  })

  test.each([
    ['a path', { name: '../x', summary: 'x' }],
    ['escapes', { name: 'weather', summary: 'x \u001b[31mred' }],
    ['a flag of ours', { name: 'weather', summary: 'x', flags: [{ name: 'json', summary: 'x' }] }],
    [
      'a flag twice',
      {
        name: 'weather',
        summary: 'x',
        flags: [
          { name: 'a', summary: 'x' },
          { name: 'a', summary: 'x' },
        ],
      },
    ],
    ['an unknown key', { name: 'weather', summary: 'x', hidden: true }],
    ['three words', { name: 'weather in town', summary: 'x' }],
    ['no summary', { name: 'weather' }],
  ])('with %s is left out, and said to be', async (_what, item) => {
    using folder = home([item])
    const { code, stdout, stderr } = await inHome(folder, ['--help'])
    expect(code).toBe(0)
    expect(stdout).not.toContain('weather')
    expect(stderr).toMatch(/^warning: command '.*' of plugin 'weather' is left out: .*\n$/)
    expect(stderr).not.toContain('\u001b')
    expect(loaded(folder)).toBe(false)
  })

  test('is one of a hundred at most', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({ name: `weather in-${i}`, summary: 'x' }))
    using folder = home(many)
    const { code, stderr, stdout } = await inHome(folder, ['weather', '--help'])
    expect([code, stdout.match(/weather in-/g)?.length]).toEqual([0, 100])
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  test('that fails says so as every command does', async () => {
    using folder = home(
      [TODAY],
      "throw Object.assign(new Error('no weather'), { $llmspell: 'error/1', code: 'FILE_NOT_FOUND', name: 'SpellError' })",
    )
    const ended = await inHome(folder, ['weather', 'today', 'Oslo'])
    expect(ended.stderr).toContain('error[FILE_NOT_FOUND]: no weather')
    expect(ended.code).toBe(3)
  })
})

describe('a plugin that is a script file', () => {
  test('has commands, tools and hooks by --plugin', async () => {
    const rolled = await llmspell(['dice', 'roll', '2', '--sides', '1', ...dice])
    expect(rolled).toEqual({ code: 0, signal: null, stdout: '1 1 = 2\n', stderr: '' })
    const written = await llmspell(['haiku', 'winter', '--loud', ...haiku])
    expect(written.stdout).toMatch(/^SNOW ON THE DOORBELL\n[^]*\(A MACHINE WROTE THIS\)\n$/)
    const json = await llmspell(['dice', 'roll', '--json', '--sides=1', ...dice])
    expect(envelope(json)).toEqual({
      ok: true,
      code: 0,
      result: { rolls: [1], sum: 1 },
      output: '1 = 1\n',
    })
    const ran = await llmspell(['exec', 'return Tool.dice{ sides = 1 }.result.sum', ...dice])
    expect(ran.stdout).toBe('1\n')
    const listed = await llmspell(['tool', 'list', '--json', ...dice])
    expect(listed.stdout).toContain('"dice"')
  })

  test('say about themselves what their header says', async () => {
    const about = 'Dice: a tool, a command, and a hook that keeps them small.'
    const page = await llmspell(['plugin', 'inspect', 'dice', ...dice])
    expect(page.stdout.replaceAll(/\s+/g, ' ')).toContain(`about ${about}`)
    const rows = envelope(await llmspell(['plugin', 'list', '--json', ...dice]))
    expect(rows['plugins']).toContainEqual(
      expect.objectContaining({ id: 'dice', description: about }),
    )
  })

  test('does no more than the flags and its header both grant', async () => {
    using folder = new Folder({ 'a.txt': 'words' })
    const header = {
      permissions: { read: ['/'] },
      contributes: {
        commands: [{ name: 'peek', summary: 'x', args: [{ name: 'file', summary: 'x' }] }],
      },
    }
    const code =
      'return { commands = { peek = function(call) print(Tool.file_read{ path = call.args.file }.text) end } }'
    const file = folder.write('peek.lua', `--[[ llmspell ${JSON.stringify(header)}\n]]\n${code}`)
    const more = ['--plugin', file]
    const denied = await llmspell(['peek', 'a.txt', ...more], { cwd: folder.path })
    expect(denied.code).toBe(4)
    expect(denied.stderr).toContain('PERMISSION_DENIED')
    const granted = await llmspell(['peek', 'a.txt', '--allow-read=.', ...more], {
      cwd: folder.path,
    })
    expect(granted).toMatchObject({ code: 0, stdout: 'words\n' })
  })

  test.each([
    ['plugins = ["./dice.lua"]', 0, '1\n'],
    ['[plugins]\nfrom = ["./dice.lua"]\n[plugins.files]\nmaxBytes = 100', 0, '1\n'],
    ['plugins = ["dice"]', 3, ''],
    ['[plugins]\nfrom = "./dice.lua"', 3, ''],
  ])('is named by the config %j', async (text, code, stdout) => {
    using folder = new Folder({ 'own/own.toml': text })
    folder.write(
      'own/dice.lua',
      '--[[ llmspell { "contributes": { "tools": [{ "description": "x", "input": {} }] } } ]]\nreturn { tools = { dice = function() return 1 end } }',
    )
    const argv = ['exec', 'return Tool.dice{}.result', '--config', 'own/own.toml']
    expect(await llmspell(argv, { cwd: folder.path })).toMatchObject({ code, stdout })
  })

  test('is not named by the config of a project', async () => {
    using folder = new Folder({ 'llmspell.toml': 'plugins = ["./dice.lua"]', 'dice.lua': '' })
    const { code, stderr } = await llmspell(['exec', 'return 1'], { cwd: folder.path })
    expect(code).toBe(3)
    expect(stderr).toContain("may not set 'plugins'")
    expect(stderr).toContain('--plugin ./dice.lua')
  })

  test('that is broken is told with its line', async () => {
    using folder = new Folder({ 'bad.lua': '--[[ llmspell\n{ "version": 1,\n} ]]' })
    const { code, stderr } = await llmspell(['exec', 'return 1', '--plugin', 'bad.lua'], {
      cwd: folder.path,
    })
    expect(code).toBe(0)
    expect(stderr).toContain('line 3, column 1: expected a key in double quotes')
  })
})
