import { chmodSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { envelope, Folder, llmspell, widest, type SpawnOptions } from '../cli/support.ts'

/** The program with a home of its own. */
function program(folder: Folder, env: Readonly<Record<string, string>> = {}) {
  const home = join(folder.path, 'home')
  return (argv: readonly string[], options: SpawnOptions = {}) =>
    llmspell(argv, {
      cwd: folder.path,
      ...options,
      env: { LLMSPELL_HOME: home, ...env, ...options.env },
    })
}

describe('llmspell secret', () => {
  test('keeps what comes by stdin, lists names only, and removes', async () => {
    using folder = new Folder()
    const run = program(folder)
    const set = ['secret', 'set', 'github', '--host', 'api.github.com,*.example.com']
    const kept = await run(set, { input: 'ghp_first\n' })
    expect(kept).toEqual({ code: 0, signal: null, stdout: "kept 'github'\n", stderr: '' })
    const again = await run([...set, '--json'], { input: 'ghp_second' })
    expect(envelope(again)).toEqual({
      ok: true,
      name: 'github',
      created: false,
      hosts: ['api.github.com', '*.example.com'],
      short: false,
    })
    const hosts = ['api.github.com', '*.example.com']
    expect(envelope(await run(['secret', 'list', '--json']))).toEqual({
      ok: true,
      secrets: [{ name: 'github', source: 'file', hosts }],
    })
    expect((await run(['secret', 'list'])).stdout).toContain('api.github.com, *.example.com')
    expect(await run(['secret', 'remove', 'github'])).toMatchObject({ code: 0 })
    expect(await run(['secret', 'remove', 'github'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('SECRET_UNKNOWN'),
    })
  })

  test('takes no value from the command line', async () => {
    using folder = new Folder()
    const run = program(folder)
    for (const words of [['github', 'ghp_1'], ['github', '--value', 'ghp_1'], ['github=ghp_1']])
      expect((await run(['secret', 'set', ...words], { input: 'x' })).code).toBeGreaterThan(1)
    expect(envelope(await run(['secret', 'list', '--json']))).toEqual({ ok: true, secrets: [] })
  })

  test.each([
    ['nothing', ''],
    ['a line end', '\n'],
    ['a NUL', 'a\0b'],
    ['too much', 'x'.repeat(70_000)],
  ])('refuses %s', async (_, input) => {
    using folder = new Folder()
    const { code, stderr } = await program(folder)(['secret', 'set', 'a'], { input })
    expect(code).toBe(3)
    expect(stderr).toContain('error[INPUT_INVALID]')
    expect(stderr.length).toBeLessThan(400)
  })

  test('waits for stdin as long as it is open', async () => {
    using folder = new Folder()
    const ended = await program(folder)(['secret', 'set', 'slow'], {
      meet: (child) => {
        setTimeout(() => child.stdin!.write('first '), 300)
        setTimeout(() => child.stdin!.end('second'), 600)
      },
    })
    expect(ended).toMatchObject({ code: 0, stdout: "kept 'slow'\n" })
  })

  test.skipIf(process.platform === 'win32')('checks modes, keys and .env', async () => {
    using folder = new Folder({ '.env': 'A=1\nbad line\n' })
    const run = program(folder)
    await run(['secret', 'set', 'pin'], { input: '1234' })
    const file = join(folder.path, 'home', 'secrets.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).not.toContain('1234')
    const found = await run(['secret', 'check', '--json'])
    expect(found.code).toBe(3)
    expect(envelope(found)).toEqual({
      ok: false,
      path: file,
      keyFrom: 'key-file',
      count: 1,
      short: ['pin'],
      dotenv: { count: 1, faults: [2] },
    })
    const { stdout } = await run(['secret', 'check'])
    expect(stdout).toContain("'pin' has fewer than 6 characters")
    expect(stdout).toContain('not read: line 2')
    chmodSync(file, 0o644)
    expect(await run(['secret', 'check'])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('error[SECRET_EXPOSED]'),
    })
  })

  test('opens with the passphrase that it was made with, and no other', async () => {
    using folder = new Folder()
    const run = program(folder)
    const env = (LLMSPELL_SECRETS_PASSPHRASE: string) => ({ env: { LLMSPELL_SECRETS_PASSPHRASE } })
    await run(['secret', 'set', 'a'], { input: 'value-a', ...env('right') })
    expect(await run(['secret', 'list'], env('right'))).toMatchObject({ code: 0 })
    for (const other of [env('wrong'), {}])
      expect(await run(['secret', 'list'], other)).toMatchObject({
        code: 8,
        stderr: expect.stringContaining('error[SECRET_LOCKED]'),
      })
  })

  test.each([['secret'], ['secret set'], ['secret list'], ['secret remove'], ['secret check']])(
    'help of %s fits into 80 columns',
    async (words) => {
      const { code, stdout } = await llmspell([...words.split(' '), '--help'])
      expect(code).toBe(0)
      expect(widest(stdout)).toBeLessThanOrEqual(80)
    },
  )
})

describe('a script', () => {
  const LUA = `
local secret = Secret.get("env:TOKEN")
print(secret, "of " .. secret, JSON.stringify(secret), secret.name, secret.source)
print(JSON.stringify(Secret.list()), Secret.exists("env:TOKEN"), Secret.exists("env:OTHER"))
print(pcall(function() return secret.value end))
`
  const JS = `
const secret = await Secret.get('env:TOKEN')
print(secret, 'of ' + secret, JSON.stringify(secret), secret.name, secret.source)
print(JSON.stringify(await Secret.list()), await Secret.exists('env:TOKEN'), await Secret.exists('env:OTHER'))
`

  test.each([
    ['lua', LUA],
    ['javascript', JS],
  ])('of %s has labels and no values', async (engine, code) => {
    using folder = new Folder({ '.env': 'TOKEN=tok_from_dotenv\nOTHER=other_value\n' })
    const words = ['exec', code, '--engine', engine, '--allow-secret=env:TOKEN']
    const { code: exit, stdout, stderr } = await program(folder)(words)
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    const [first, second] = stdout.split('\n').map((line) => line.replaceAll('\t', ' '))
    const label = 'secret:env:TOKEN'
    expect(first).toBe(`${label} of ${label} "${label}" env:TOKEN dotenv`)
    expect(second).toBe('[{"name":"env:TOKEN","source":"dotenv"}] true false')
    expect(stdout).not.toContain('tok_from')
  })

  test('is told which flag grants a secret', async () => {
    using folder = new Folder({ '.env': 'TOKEN=tok_from_dotenv\n' })
    const ended = await program(folder)(['exec', 'Secret.get("env:TOKEN")'])
    expect(ended.code).toBe(4)
    expect(ended.stderr).toContain('--allow-secret=env:TOKEN')
  })
})
