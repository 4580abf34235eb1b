import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { envelope, Folder, llmspell, widest, type Ended } from '../cli/support.ts'

let home: Folder
let project: Folder

beforeEach(() => {
  home = new Folder()
  project = new Folder({ 'docs/a.md': 'hello', 'secret.md': 'secret' })
})

afterEach(() => {
  home[Symbol.dispose]()
  project[Symbol.dispose]()
})

function spell(...argv: string[]): Promise<Ended> {
  return llmspell(argv, { cwd: project.path, env: { LLMSPELL_HOME: home.path } })
}

const READ = 'return Tool.execute("file-read", { path = ARGS[1] }).text'
const read = (path: string, ...flags: string[]): Promise<Ended> =>
  spell('exec', READ, path, ...flags)

describe('what counts for a run', () => {
  test('is what user, trusted project and flags give together', async () => {
    home.write('policy.toml', '[allow]\nread = ["./docs"]\n')
    expect(await read('docs/a.md')).toMatchObject({ code: 0, stdout: 'hello\n', stderr: '' })
    expect((await read('secret.md')).code).toBe(4)
    expect(await read('secret.md', '--allow-read=.')).toMatchObject({ code: 0, stdout: 'secret\n' })
  })

  test('is less what any file denies, and the line is named', async () => {
    home.write('policy.toml', '[deny]\nread = ["./secret.md"]\n')
    const ended = await read('secret.md', '--allow-all')
    expect(ended.code).toBe(4)
    expect(ended.stderr).toContain("denies it by 'read=./secret.md' (policy.toml:2)")
    expect(ended.stderr).not.toContain(home.path)
  })

  test("is not what a project's file says before it is trusted and after it has changed", async () => {
    const file = project.write('.llmspell/policy.toml', '[allow]\nread = ["./docs"]\n')
    const before = await read('docs/a.md')
    expect(before.code).toBe(4)
    expect(before.stderr).toContain('nobody has trusted it as it is now')
    expect(await spell('policy', 'trust')).toMatchObject({ code: 0, stderr: '' })
    expect(await read('docs/a.md')).toMatchObject({ code: 0, stderr: '' })
    project.write('.llmspell/policy.toml', '[allow]\nread = ["."]\n')
    expect((await read('docs/a.md')).code).toBe(4)
    rmSync(file)
    expect((await read('docs/a.md')).stderr).not.toContain('trusted')
  })

  test('is nothing at all where a file is wrong', async () => {
    home.write('policy.toml', '[allow]\nraed = ["."]\n')
    const ended = await read('docs/a.md', '--allow-read=.')
    expect(ended.code).toBe(3)
    expect(ended.stderr).toContain('POLICY_INVALID')
    expect(ended.stderr).toContain('at line 2')
    expect(ended.stderr).toContain("Did you mean 'read'?")
  })

  test("is less what the system's file does not hold, which may allow nothing itself", async () => {
    const file = home.write('etc/policy.toml', '[cap]\nread = ["./docs"]\n')
    const config = home.write('own.toml', `[plugins.permissions]\nsystem = "${file}"\n`)
    const flags = ['--allow-read=.', `--config=${config}`]
    expect(await read('docs/a.md', ...flags)).toMatchObject({ code: 0 })
    const ended = await read('secret.md', ...flags)
    expect(ended.code).toBe(4)
    expect(ended.stderr).toContain('the cap of the system policy does not hold it')
    home.write('etc/policy.toml', '[allow]\nread = ["."]\n')
    expect((await read('docs/a.md', ...flags)).code).toBe(3)
  })

  test('counts for a tool that is called by hand', async () => {
    home.write('policy.toml', '[allow]\nread = ["./docs"]\n')
    const ended = await spell('tool', 'invoke', 'file-read', '--path', 'docs/a.md')
    expect(ended).toMatchObject({ code: 0, stdout: 'hello\n' })
  })

  test('is never what a project could write of the places of policies', async () => {
    project.write('llmspell.toml', '[plugins.permissions]\nuser = "/tmp/x"\n')
    expect(await read('docs/a.md', '--allow-read=.')).toMatchObject({ code: 3 })
  })
})

describe('policy explain', () => {
  test('names line, file and holder', async () => {
    home.write(
      'policy.toml',
      '# mine\n[allow]\nread = [\n  "./docs",\n]\n[deny]\nnet = ["a.org"]\n',
    )
    const ended = await spell('policy', 'explain', 'read', './docs/a.md', '--json')
    expect(ended.code).toBe(0)
    expect(envelope(ended)).toMatchObject({
      ok: true,
      allowed: true,
      permission: 'read',
      holder: 'command line',
      rule: 'read=./docs',
      file: join(home.path, 'policy.toml'),
      line: 4,
    })
    const no = await spell('policy', 'explain', 'net', 'https://a.org/x', '--allow-net=*', '--json')
    expect(no.code).toBe(4)
    expect(envelope(no)).toMatchObject({ allowed: false, holder: 'user policy', line: 7 })
  })

  test.each([
    [['read', './docs/a.md'], [], 4, 'Add --allow-read=./docs/a.md'],
    [['read', './docs/a.md'], ['--allow-read=.'], 0, '--allow-read=.'],
    [['read', './docs/a.md'], ['--allow-all'], 0, 'read=/'],
    [['net', 'https://h.org/x'], ['--allow-net=h.org'], 0, 'net=h.org'],
    [['net', 'http://10.1.2.3:8080/'], ['--allow-net=10.0.0.0/8'], 0, 'net=10.0.0.0/8'],
    [['net-private', 'http://10.1.2.3'], ['--allow-net-private'], 0, 'net-private=*'],
    [['net-private', 'http://10.1.2.3'], [], 4, 'Add --allow-net-private'],
    [['run', 'git log'], ['--allow-run=git log *'], 0, 'run=git log *'],
    [['run', 'git log -1'], ['--allow-run=git log *'], 4, "--allow-run='git log --*'"],
    [['run', 'sh -c x'], ['--allow-run=*'], 4, 'a shell must be named'],
    [['write', 'package.json'], ['--allow-write=.'], 4, '--allow-write=./package.json'],
    [['write', 'package.json'], ['--allow-write=./package.json'], 0, 'write=./package.json'],
    [['run', 'git push'], ['--allow-run=git log *'], 4, "--allow-run='git push'"],
    [['sys', 'host'], ['--allow-sys=host,os'], 0, 'sys=host'],
    [['secret', 'key'], ['--allow-secret=key'], 0, 'secret=key'],
    [['unjailed', 'git log'], ['--allow-unjailed=git'], 0, 'unjailed=git'],
    [['mix', 'https://a.org'], ['--allow-mix=a.org'], 0, 'mix=a.org'],
    [['mix', 'https://a.org'], ['--allow-all'], 0, 'mix=*'],
    [['llm', 'openai/gpt'], ['--allow-all'], 0, '--allow-all'],
    [['env', 'API_KEY'], ['--allow-all'], 4, 'API_KEY'],
    [
      ['write', '.llmspell/policy.toml'],
      ['--allow-all'],
      4,
      'no run may write the files of policy',
    ],
  ])('%j %j: exit code %i', async (words, flags, code, text) => {
    const ended = await spell('policy', 'explain', ...words, ...flags)
    expect(ended.code).toBe(code)
    expect(ended.stdout).toContain(text)
  })

  test('answers a slip', async () => {
    const ended = await spell('policy', 'explain', 'raed', 'x')
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain("Did you mean 'read'?")
  })
})

test('policy list says what counts, in 80 columns', async () => {
  home.write('policy.toml', '')
  project.write('.llmspell/policy.toml', '')
  const ended = await spell('policy', 'list')
  expect(ended.stdout).toMatch(/system +none .*\nuser +counts .*\nproject +not trusted/)
  const { files } = envelope(await spell('policy', 'list', '--json'))
  expect(files).toMatchObject([{ state: 'none' }, { state: 'counts' }, { state: 'not trusted' }])
})

test('policy check finds what is wrong in a file', async () => {
  project.write('good.toml', '[allow]\nread = ["."]\n')
  project.write('bad.toml', '[allow]\nread = "."\n')
  project.write('.llmspell/policy.toml', 'projects = []\n')
  expect(await spell('policy', 'check', 'good.toml')).toMatchObject({ code: 0 })
  const bad = await spell('policy', 'check', 'bad.toml', '--json')
  expect(bad.code).toBe(3)
  expect(envelope(bad)).toMatchObject({ ok: false, error: { code: 'POLICY_INVALID' } })
  expect((await spell('policy', 'check', '.llmspell/policy.toml')).stderr).toContain("'projects'")
  expect((await spell('policy', 'check', 'none.toml')).stderr).toContain('does not exist')
})

test.each(['explain', 'list', 'trust', 'check'])(
  'policy %s has help in 80 columns',
  async (name) => {
    const { code, stdout } = await spell('policy', name, '--help')
    expect(code).toBe(0)
    expect(stdout).toContain('EXAMPLES')
    expect(widest(stdout)).toBeLessThanOrEqual(80)
  },
)
