import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { protector } from './protect.ts'

test('files of policy, trust and audit are protected, also behind links and before they are there', () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'protect-')))
  mkdirSync(join(base, 'real'))
  symlinkSync(join(base, 'real'), join(base, 'config'))
  const isProtected = protector({
    system: '/etc/llmspell/policy.toml',
    user: join(base, 'config', 'policy.toml'),
    state: join(base, 'state'),
    audit: join(base, 'audit'),
  })
  const wrong = (path: string): boolean => isProtected(path)
  expect(
    [
      '/etc/llmspell/policy.toml',
      join(base, 'config', 'policy.toml'),
      join(base, 'real', 'policy.toml'),
      join(base, 'state', 'trust.json'),
      join(base, 'audit'),
      join(base, 'audit', 'audit-2026-11.jsonl'),
      '/anywhere/.llmspell/policy.toml',
    ].filter((path) => !wrong(path)),
  ).toEqual([])
  expect(
    [
      '/etc/llmspell/policy.toml.bak',
      join(base, 'state', 'x'),
      join(base, 'audits'),
      '/a/policy.toml',
    ].filter(wrong),
  ).toEqual([])
  symlinkSync(join(base, 'config'), join(base, 'other'))
  expect(isProtected(join(base, 'other', 'policy.toml'))).toBe(false)
  expect(isProtected(join(base, 'other', 'policy.toml'), true)).toBe(true)
  expect(protector({})('/a')).toBe(false)
  rmSync(base, { recursive: true, force: true })
})
