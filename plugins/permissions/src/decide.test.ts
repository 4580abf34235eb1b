import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GrantChain, PermissionDecision, PermissionNeed } from '@llmspell/sdk'
import { cpuMs } from '@llmspell/sdk/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Guard } from './guard.ts'

const guard = new Guard({
  isProtected: () => false,
  remember: undefined,
  tell: () => undefined,
  warn: () => {},
})
const permissions = {
  decide: (asked: PermissionNeed, grants: GrantChain, at: string): PermissionDecision =>
    guard.decide(asked, { subject: "Tool 'file-read'", grants, root: at }),
}
let base = ''
let root = ''

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'permissions-')))
  root = join(base, 'project')
  mkdirSync(join(root, 'docs'), { recursive: true })
  mkdirSync(join(base, 'shared'))
  symlinkSync(join(base, 'shared'), join(root, 'link'))
  symlinkSync(root, join(base, 'alias'))
})

afterAll(() => rmSync(base, { recursive: true, force: true }))

const line = (allow: object, deny: object = {}): GrantChain => [
  { holder: 'command line', allow: allow as never, deny: deny as never },
]

const need = (permission: string, target: string, shown?: string): PermissionNeed => ({
  permission,
  target,
  ...(shown === undefined ? {} : { shown }),
})

function allowed(permission: string, grant: string, target: string, at = root): boolean {
  return permissions.decide(need(permission, target), line({ [permission]: [grant] }), at).allowed
}

describe('paths', () => {
  test.each([
    ['.', 'docs/a.md', true],
    ['*', 'docs/a.md', true],
    ['workspace', 'docs/a.md', true],
    ['./docs', 'docs', true],
    ['./docs/', 'docs/a/b.md', true],
    ['docs', 'docs/a.md', true],
    ['./doc', 'docs/a.md', false],
    ['./docs', 'docs2/a.md', false],
    ['./docs/a.md', 'docs/a.md', true],
    ['./docs/a.md', 'docs/a.md.bak', false],
    ['./docs/*.md', 'docs/a.md', true],
    ['./docs/*.md', 'docs/sub/a.md', false],
    ['./docs/*.md', 'docs/a.mdx', false],
    ['./docs/**', 'docs/sub/a.md', true],
    ['./docs/**/*.md', 'docs/a/b/c.md', true],
    ['./docs/**/*.md', 'docs/c.md', true],
    ['./docs/?.md', 'docs/a.md', true],
    ['./docs/?.md', 'docs/ab.md', false],
    ['./*/a.md', 'docs/a.md', true],
    ['.', '../other/a.md', false],
    ['..', '../other/a.md', true],
    ['/', '../other/a.md', true],
    ['/**', '../other/a.md', true],
    ['', 'docs/a.md', false],
    ['./docs\0', 'docs', false],
  ])('the grant %j for %j: %j', (grant, target, expected) => {
    expect(allowed('read', grant, join(root, target))).toBe(expected)
    expect(allowed('write', grant, join(root, target))).toBe(expected)
  })

  test.each([
    ['**/.git', '.git/config', true],
    ['**/.git', 'a/.git/objects/x', true],
    ['**/.git', 'a/.gitignore', false],
    ['.g*', '.git/config', true],
    ['.g*', 'a/.git/config', false],
    ['den*', 'denied/a/b', true],
    ['den*', 'den', true],
    ['*/x', 'a/x/b/c', true],
    ['*/x', 'a/b/x', false],
    ['docs/*.md', 'docs/a.md', true],
    ['docs/*.md', 'docs/b/a.md', false],
    ['docs/**', 'docs/a/b', true],
  ])('the deny %j for %j: %j', (pattern, target, expected) => {
    for (const permission of ['read', 'write']) {
      const chain = line({ [permission]: ['.'] }, { [permission]: [pattern] })
      const decision = permissions.decide(need(permission, join(root, target)), chain, root)
      expect(decision.allowed).toBe(!expected)
    }
  })

  test('an allowing glob that fits a folder does not fit what is in it', () => {
    expect(allowed('read', '*/x', join(root, 'a/x'))).toBe(true)
    expect(allowed('read', '*/x', join(root, 'a/x/b'))).toBe(false)
    expect(allowed('read', '**/.git', join(root, '.git/config'))).toBe(false)
  })

  test('a pattern that goes back often stays fast', () => {
    const started = cpuMs()
    expect(allowed('read', `./${'*a'.repeat(200)}*b`, join(root, 'a'.repeat(250)))).toBe(false)
    expect(allowed('read', `./${'**/a/'.repeat(60)}b`, join(root, 'a/'.repeat(120), 'c'))).toBe(
      false,
    )
    expect(cpuMs() - started).toBeLessThan(500)
  })

  test('a granted link covers what it leads to, and the name it was granted by', () => {
    expect(allowed('read', './link', join(base, 'shared', 'x'))).toBe(true)
    expect(allowed('read', './link', join(root, 'link', 'x'))).toBe(true)
    expect(allowed('read', './link/*.md', join(base, 'shared', 'x.md'))).toBe(true)
    expect(allowed('read', './docs', join(base, 'shared', 'x'))).toBe(false)
  })

  test('a root that is a link counts as the folder behind it', () => {
    const alias = join(base, 'alias')
    expect(allowed('read', '.', join(root, 'docs', 'a.md'), alias)).toBe(true)
    expect(allowed('read', './docs/*', join(root, 'docs', 'a.md'), alias)).toBe(true)
  })

  test('a relative target matches nothing', () => {
    expect(allowed('read', '.', 'docs/a.md')).toBe(false)
  })
})

test.each([
  ['api.example.com', 'https://api.example.com:443', true],
  ['api.example.com', 'https://api.example.com', true],
  ['api.example.com', 'http://api.example.com:80', true],
  ['api.example.com', 'api.example.com', true],
  ['api.example.com', 'https://api.example.com:8443', false],
  ['api.example.com:8443', 'https://api.example.com:8443', true],
  ['api.example.com:443', 'http://api.example.com:80', false],
  ['api.example.com:443', 'api.example.com:80', false],
  ['api.example.com:80', 'api.example.com:80', true],
  ['https://api.example.com', 'http://api.example.com:80', false],
  ['https://api.example.com', 'https://api.example.com:443', true],
  ['https://api.example.com/', 'https://api.example.com/v1', true],
  ['API.Example.COM.', 'https://api.example.com', true],
  ['api.example.com', 'https://API.EXAMPLE.COM./x', true],
  ['*.example.com', 'https://api.example.com', true],
  ['*.example.com', 'https://a.b.example.com', true],
  ['*.example.com', 'https://example.com', false],
  ['*.example.com', 'https://badexample.com', false],
  ['example.com', 'https://example.com.evil.org', false],
  ['example.com', 'https://example.com@evil.org', false],
  ['example.com', 'https://evil.org#.example.com', false],
  ['example.com', String.raw`https://evil.org\.example.com`, false],
  ['*', 'https://any.org', true],
  ['*', 'https://any.org:8443', false],
  ['*:*', 'https://any.org:8443', true],
  ['localhost:11434', 'http://localhost:11434', true],
  ['127.0.0.1:80', 'http://0x7f.1', true],
  ['[::1]:3000', 'http://[::1]:3000', true],
  ['example.com', 'ftp://example.com', false],
  ['exa mple', 'https://example.com', false],
  ['user@example.com', 'https://example.com', false],
  ['example.com', 'https://', false],
])('net %j for %j: %j', (grant, target, expected) => {
  expect(allowed('net', grant, target)).toBe(expected)
})

test.each([
  ['run', 'git', 'git', true],
  ['run', 'git', 'git log --oneline', true],
  ['run', 'git', 'gitk', false],
  ['run', 'git', '/tmp/git', false],
  ['run', 'git log *', 'git log', true],
  ['run', 'git log *', 'git log main', true],
  ['run', 'git log *', 'git log main "a -b"', true],
  ['run', 'git log *', 'git log -1', false],
  ['run', 'git log *', 'git log main --output=/x', false],
  ['run', 'git log *', 'git log "-S a"', false],
  ['run', 'git log *', 'git log -', false],
  ['run', 'git log --*', 'git log -1 main', true],
  ['run', 'git log --*', 'git log', true],
  ['run', 'git log --*', 'git push -f', false],
  ['run', '*', 'sh -c x', false],
  ['run', '*', '/bin/bash', false],
  ['run', 'sh', 'sh -c x', true],
  ['unjailed', '*', 'sh -c x', true],
  ['run', 'git log *', 'git login', false],
  ['run', 'git log *', 'git push', false],
  ['run', 'git log', 'git log', true],
  ['run', 'git log', 'git log -1', false],
  ['run', '*', 'anything at all', true],
  ['env', 'LANG', 'LANG', true],
  ['env', 'LANG', 'LANGUAGE', false],
  ['env', 'LC_*', 'LC_ALL', true],
  ['env', '*', 'LANG', true],
  ['env', '*', 'API_KEY', false],
  ['env', '**', 'API_KEY', false],
  ['env', '*', 'aws_region', false],
  ['env', '*', 'DATABASE_URL', false],
  ['env', 'API_*', 'API_KEY', true],
  ['env', 'API_KEY', 'API_KEY', true],
  ['env', '*', 'A=B', false],
  ['tool', 'github:*', 'github:issues', true],
  ['tool', 'calculator', 'calculator', true],
  ['tool', 'calc', 'calculator', false],
  ['llm', '*', 'openai/gpt', true],
])('%s %j for %j: %j', (permission, grant, target, expected) => {
  expect(allowed(permission, grant, target)).toBe(expected)
})

describe('chains', () => {
  const target = (): PermissionNeed => need('read', join(root, 'docs', 'x.md'))
  const decide = (chain: GrantChain) => permissions.decide(target(), chain, root)

  test('nothing is allowed by nobody', () => {
    expect(decide([]).allowed).toBe(false)
    expect(decide(line({})).allowed).toBe(false)
    expect(decide(line({ write: ['.'] })).allowed).toBe(false)
  })

  test('names of the prototype are no grants', () => {
    expect(permissions.decide(need('constructor', 'x'), line({}), root).allowed).toBe(false)
    expect(permissions.decide(need('toString', 'x'), line({}), root).allowed).toBe(false)
  })

  test('every layer must allow, and the refusing one is named', () => {
    const plugin = { holder: 'plugin tool-x', allow: { read: ['./in'] } }
    expect(decide([...line({ read: ['.'] }), plugin])).toMatchObject({
      allowed: false,
      holder: 'plugin tool-x',
    })
    expect(decide([...line({ read: ['.'] }), { ...plugin, allow: { read: ['/'] } }]).allowed).toBe(
      true,
    )
  })

  test('the most exact of the rules that allow is named, and where it was written', () => {
    const read = ['/', '.', './d*', './docs', './docs/x.md', './docs/*.md']
    const sources = { 'allow read=./docs/x.md': 'policy.toml:3' }
    expect(decide([{ holder: 'command line', allow: { read }, sources }])).toMatchObject({
      allowed: true,
      rule: 'read=./docs/x.md',
      source: 'policy.toml:3',
    })
    expect(decide(line({ read: read.slice(0, 3) }))).toMatchObject({ rule: 'read=.' })
    expect(decide(line({ read: ['./docs/*.md', '.'] }))).toMatchObject({
      rule: 'read=./docs/*.md',
    })
  })

  test('a star for a name stands for all that are not named', () => {
    expect(decide(line({ '*': ['*'] }))).toMatchObject({ allowed: true, rule: '*=*' })
    expect(decide(line({ '*': ['*'], read: [] })).allowed).toBe(false)
    expect(decide(line({ '*': ['read'] })).allowed).toBe(false)
    expect(decide(line({ read: ['.'] }, { '*': ['*'] })).allowed).toBe(false)
  })

  test('deny wins over allow, in whatever layer it stands', () => {
    expect(decide(line({ read: ['.'] }, { read: ['./docs'] }))).toMatchObject({
      holder: 'command line',
    })
    const agent = {
      holder: "agent 'poet'",
      allow: { read: ['.'] },
      deny: { read: ['./docs/x.md'] },
    }
    expect(decide([...line({ read: ['.'] }), agent])).toMatchObject({ holder: "agent 'poet'" })
  })
})

describe('texts', () => {
  const failure = (asked: PermissionNeed, grants: GrantChain): Promise<unknown> =>
    guard
      .require(asked, { subject: "Tool 'file-read'", grants, root })
      .catch((error: unknown) => error)

  test('name the subject, the target below the root, and the flag that would grant it', async () => {
    expect(await failure(need('read', join(root, 'docs', 'x.md')), line({}))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: "Tool 'file-read' may not read 'docs/x.md': nothing on the command line grants it.",
      hint: 'Add --allow-read=./docs/x.md',
      details: { permission: { permission: 'read', target: 'docs/x.md' }, holder: 'command line' },
    })
  })

  test('never show a path outside the root, unless it was asked for by that name', async () => {
    const outside = join(base, 'shared', 'x')
    expect(JSON.stringify(await failure(need('read', outside), line({})))).not.toContain(base)
    expect(await failure(need('read', outside), line({}))).toMatchObject({
      message: expect.not.stringContaining(base),
      hint: 'Add --allow-read=<folder>',
    })
    expect(await failure(need('read', outside, '/etc/passwd'), line({}))).toMatchObject({
      message:
        "Tool 'file-read' may not read '/etc/passwd': nothing on the command line grants it.",
      hint: 'Add --allow-read=/etc/passwd',
    })
  })

  test('say which rule denies', async () => {
    expect(
      await failure(need('net', 'https://a.org:443'), line({ net: ['*'] }, { net: ['a.org'] })),
    ).toMatchObject({
      message:
        "Tool 'file-read' may not connect to 'https://a.org:443': the command line denies it by 'net=a.org'.",
      hint: "Remove --deny-net=a.org, or leave 'https://a.org:443' alone.",
    })
  })

  test('name another holder, and quote what a shell would change', async () => {
    const chain = [...line({ run: ['*'] }), { holder: "agent 'poet'", allow: {} }]
    expect(await failure(need('run', 'git log'), chain)).toMatchObject({
      message:
        "Tool 'file-read' may not run 'git log': agent 'poet' does not hold that permission.",
      hint: "Give agent 'poet' the permission run='git log', which the command line must grant too.",
    })
  })

  test('name all flags that are known to be missing', async () => {
    const also = [{ permission: 'net-private', target: 'http://127.0.0.1:80' }]
    const both = { ...need('net', 'http://127.0.0.1:80'), also }
    expect(await failure(both, line({}))).toMatchObject({
      hint: 'Add --allow-net=http://127.0.0.1:80 --allow-net-private',
    })
    expect(await failure(both, line({ 'net-private': ['*'] }))).toMatchObject({
      hint: 'Add --allow-net=http://127.0.0.1:80',
    })
  })

  test('name those of one kind behind one flag', async () => {
    const also = ['user', 'os', 'disk'].map((target) => ({ permission: 'sys', target }))
    expect(await failure({ ...need('sys', 'host'), also }, line({ sys: ['os'] }))).toMatchObject({
      hint: 'Add --allow-sys=host,user,disk',
    })
  })

  test('say that a shell must be named, and how options are granted', async () => {
    expect(await failure(need('run', 'sh -c x'), line({ run: ['*'] }))).toMatchObject({
      message: expect.stringContaining('a shell must be named'),
      hint: "Add --allow-run='sh -c x'",
    })
    expect(await failure(need('run', 'git log -1'), line({ run: ['git log *'] }))).toMatchObject({
      message: expect.stringContaining("not for options that begin with '-'"),
      hint: "Add --allow-run='git log -1', or --allow-run='git log --*' for any options",
    })
    expect(
      await failure(need('run', 'git log -1'), line({ run: ['git'] }, { run: ['git log *'] })),
    ).toMatchObject({ message: expect.stringContaining('denies it') })
  })

  test('escape hidden characters, and use the name of a permission that has no verb', async () => {
    expect(await failure(need('state', 'a\u202Eb'), line({}))).toMatchObject({
      message: String.raw`Tool 'file-read' may not use state 'a\u{202e}b': nothing on the command line grants it.`,
    })
  })

  test('nothing is thrown where all allow', async () => {
    expect(await failure(need('env', 'LANG'), line({ env: ['LANG'] }))).toBeUndefined()
  })
})
