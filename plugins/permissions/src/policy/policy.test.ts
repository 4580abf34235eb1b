import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { PermissionDecision, PermissionSet, Policy } from '@llmspell/sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Scene } from '../testing/fake-run.ts'
import { PolicyFiles } from './index.ts'

let base = ''
let root = ''
let policy: Policy
let files: Record<'system' | 'user' | 'project', string>

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'policy-')))
  root = join(base, 'project')
  mkdirSync(root)
  files = {
    system: join(base, 'etc', 'policy.toml'),
    user: join(base, 'config', 'policy.toml'),
    project: join(root, '.llmspell', 'policy.toml'),
  }
  policy = new PolicyFiles({ system: files.system, user: files.user, state: join(base, 'state') })
})

afterEach(() => rmSync(base, { recursive: true, force: true }))

function write(scope: keyof typeof files, text: string): void {
  mkdirSync(dirname(files[scope]), { recursive: true })
  writeFileSync(files[scope], text)
}

async function decide(
  permission: string,
  target: string,
  given: { allow?: PermissionSet; deny?: PermissionSet } = {},
): Promise<PermissionDecision> {
  const grants = await policy.chain(root, given)
  const need = { permission, target: permission === 'read' ? join(root, target) : target }
  return new Scene().guard.decide(need, { subject: 'x', grants, root })
}

describe('the order of the files', () => {
  test('without any, the flags are all', async () => {
    const given = { allow: { read: ['./a'] }, deny: { read: ['./a/b'] } }
    expect(await policy.chain(root, given)).toEqual([
      { holder: 'command line', ...given, sources: {} },
    ])
    expect(await policy.files(root)).toEqual([])
  })

  test('user, trusted project and flags give together, each rule with its place', async () => {
    write('user', '# mine\n[allow]\nread = [\n  "./a",\n  "./b",\n]\n')
    write('project', '[allow]\nread = ["./c"]\n')
    await policy.trust(root)
    expect(await decide('read', 'b/x')).toMatchObject({
      allowed: true,
      holder: 'command line',
      rule: 'read=./b',
      source: 'policy.toml:5',
    })
    expect(await decide('read', 'c')).toMatchObject({ source: '.llmspell/policy.toml:2' })
    const flag = await decide('read', 'd', { allow: { read: ['./d'] } })
    expect(flag).toMatchObject({ allowed: true, rule: 'read=./d' })
    expect(flag).not.toHaveProperty('source')
  })

  test('any deny wins, and its line is named', async () => {
    write('user', '[deny]\nread = ["./secret"]\n')
    expect(await decide('read', 'secret/x', { allow: { read: ['.'] } })).toMatchObject({
      allowed: false,
      holder: 'user policy',
      rule: 'read=./secret',
      source: 'policy.toml:2',
      reason: "the user policy denies it by 'read=./secret' (policy.toml:2)",
    })
    expect(await decide('env', 'LANG', { allow: { env: ['LANG'] } })).toMatchObject({
      allowed: true,
    })
  })

  test('the system caps everything below it', async () => {
    write('system', '[cap]\nread = ["."]\nnet = ["*.example.com"]\n[deny]\nread = ["./x"]\n')
    const given = { allow: { read: ['/'], net: ['*'], env: ['*'] } }
    expect(await decide('read', 'a', given)).toMatchObject({ allowed: true, rule: 'read=/' })
    expect(await decide('net', 'https://evil.org', given)).toMatchObject({
      allowed: false,
      holder: 'system policy',
      reason: 'the cap of the system policy does not hold it',
    })
    expect(await decide('net', 'https://a.example.com', given)).toMatchObject({ allowed: true })
    expect(await decide('env', 'LANG', given)).toMatchObject({ holder: 'system policy' })
    expect(await decide('read', 'x', given)).toMatchObject({ source: 'system policy.toml:5' })
  })

  test("a cap with '*' leaves alone what it does not name", async () => {
    write('system', '[cap]\nnet = []\n"*" = ["*"]\n')
    const given = { allow: { net: ['*'], env: ['*'] } }
    expect(await decide('env', 'LANG', given)).toMatchObject({ allowed: true })
    expect(await decide('net', 'https://a.org', given)).toMatchObject({ allowed: false })
  })

  test("a deny with '*' denies all", async () => {
    write('user', '[deny]\n"*" = ["*"]\n')
    expect(await decide('env', 'LANG', { allow: { env: ['*'] } })).toMatchObject({
      rule: '*=*',
      source: 'policy.toml:2',
    })
  })

  test("entries of the user's file are for that very folder", async () => {
    const entry = (path: string, rules: string): string =>
      `[[projects]]\npath = "${path}"\n${rules}\n`
    write(
      'user',
      entry(base, 'allow.read = ["./x"]') +
        entry(root, 'allow.read = ["./a"]\ndeny.env = ["LANG"]') +
        entry(root, 'allow = { read = ["./b"] }'),
    )
    expect(await decide('read', 'x')).toMatchObject({ allowed: false })
    expect(await decide('read', 'a')).toMatchObject({ allowed: true, source: 'policy.toml:6' })
    expect(await decide('read', 'b')).toMatchObject({ allowed: true, source: 'policy.toml:10' })
    expect(await decide('env', 'LANG', { allow: { env: ['*'] } })).toMatchObject({
      source: 'policy.toml:7',
    })
  })
})

describe("a project's file", () => {
  test('does nothing before it is trusted, and nothing once it has changed', async () => {
    write('project', '[allow]\nread = ["."]\n')
    expect(await decide('read', 'a')).toMatchObject({ allowed: false })
    expect(await policy.files(root)).toMatchObject([{ scope: 'project', trusted: false }])
    expect(await policy.trust(root)).toMatchObject({ path: files.project, trusted: true })
    expect(await decide('read', 'a')).toMatchObject({ allowed: true })
    write('project', '[allow]\nread = ["/"]\n')
    expect(await decide('read', 'a')).toMatchObject({ allowed: false })
    expect(await policy.files(root)).toMatchObject([{ trusted: false }])
  })

  test('that nobody trusts may hold anything', async () => {
    write('project', 'this is no toml [')
    expect(await decide('read', 'a')).toMatchObject({ allowed: false })
    await expect(policy.trust(root)).rejects.toMatchObject({ code: 'POLICY_INVALID' })
  })

  test('is the same by way of a link', async () => {
    write('project', '[allow]\nread = ["."]\n')
    symlinkSync(root, join(base, 'alias'))
    await policy.trust(join(base, 'alias'))
    expect(await policy.files(root)).toMatchObject([{ trusted: true }])
  })

  test('cannot be trusted where it is not, or where nothing is kept', async () => {
    await expect(policy.trust(root)).rejects.toThrow("'.llmspell/policy.toml' does not exist")
    write('project', '')
    await expect(new PolicyFiles({}).trust(root)).rejects.toThrow('keeps no state')
    expect(await new PolicyFiles({}).files(root)).toMatchObject([{ trusted: false }])
  })

  test('is not trusted by a damaged list', async () => {
    write('project', '')
    await policy.trust(root)
    for (const text of ['', 'null', '{', '[]']) {
      writeFileSync(join(base, 'state', 'trust.json'), text)
      expect(await policy.files(root)).toMatchObject([{ trusted: false }])
    }
  })
})

describe('what is remembered', () => {
  test('is added for this folder, and the rest of the file stays', async () => {
    const before = '# my own words\n[allow]\nenv = ["LANG"] # why'
    write('user', before)
    await policy.remember(root, 'write=./out "1"')
    await policy.remember(root, 'net=https://a.org:443')
    await policy.remember(root, 'net=https://a.org:443')
    const text = readFileSync(files.user, 'utf8')
    expect(text.startsWith(`${before}\n\n[[projects]]\n`)).toBe(true)
    expect(text.match(/\[\[projects\]\]/g)).toHaveLength(2)
    const [layer] = await policy.chain(root, {})
    expect(layer!.allow).toEqual({
      env: ['LANG'],
      write: ['./out "1"'],
      net: ['https://a.org:443'],
    })
    expect((await policy.chain(base, {}))[0]!.allow).toEqual({ env: ['LANG'] })
  })

  test('makes the file where there is none, and spoils none that is wrong', async () => {
    await policy.remember(root, 'env=LANG')
    expect(existsSync(files.user)).toBe(true)
    write('user', 'wrong')
    await expect(policy.remember(root, 'env=TZ')).rejects.toMatchObject({ code: 'POLICY_INVALID' })
    expect(readFileSync(files.user, 'utf8')).toBe('wrong')
    await expect(new PolicyFiles({}).remember(root, 'env=TZ')).rejects.toThrow('has no place')
  })
})

describe('a file that is wrong', () => {
  test.each([
    ['[allow]\nraed = ["x"]', 2, "Did you mean 'read'?"],
    ['[alow]\nread = ["x"]', 1, "Did you mean 'allow'?"],
    ['[allow]\nenv = ["A"]\nread = "x"', 3, 'list'],
    ['[allow]\nread = [1]', 2, 'Correct'],
    ['[allow]\n"*" = ["*"]', 2, ''],
    ['[cap]\n"*" = ["x"]', 2, ''],
    ['[[projects]]\npath = "/a"\n[[projects]]\npath = "/b"\nallow.raed = ["x"]', 5, "'read'"],
    ['[[projects]]\nallow.read = ["x"]', 1, ''],
    ['[allow\n', 1, 'Correct line 1'],
  ])('%j is refused at line %i', async (text, line, hint) => {
    write('user', text)
    await expect(policy.chain(root, {})).rejects.toMatchObject({
      code: 'POLICY_INVALID',
      hint: expect.stringContaining(hint),
      where: { file: 'policy.toml', line },
    })
  })

  test('the system may not allow, and a project has no projects', async () => {
    write('system', '[deny]\n\n[allow]\nread = ["."]\n')
    await expect(policy.chain(root, {})).rejects.toThrow(/may not hold 'allow', at line 3/)
    write('project', 'projects = []\n')
    await expect(policy.trust(root)).rejects.toThrow(/may not hold 'projects', at line 1/)
  })

  test.runIf(process.platform !== 'win32')(
    'may not be written by anybody, and be a file',
    async () => {
      write('user', '')
      chmodSync(files.user, 0o666)
      await expect(policy.chain(root, {})).rejects.toThrow('may be written by anybody')
      rmSync(files.user)
      mkdirSync(files.user)
      await expect(policy.chain(root, {})).rejects.toThrow('is no file')
    },
  )

  test('may be neither huge nor of another encoding', async () => {
    write('user', `#${'x'.repeat(1024 * 1024)}`)
    await expect(policy.chain(root, {})).rejects.toThrow('is larger than 1 MiB')
    writeFileSync(files.user, Buffer.from([0xff, 0xfe]))
    await expect(policy.chain(root, {})).rejects.toThrow('is no UTF-8 text')
  })

  test('is found by a check of any file', async () => {
    write('user', '[allow]\nread = ["."]\n')
    await policy.check(files.user)
    await expect(policy.check(files.user, 'system')).rejects.toThrow("may not hold 'allow'")
    await expect(policy.check(join(base, 'none'))).rejects.toThrow('does not exist')
  })
})
