import { expect, test } from 'vitest'
import { ruleFor } from './remembered.ts'

test.each([
  ['read', '/project/docs/a.md', 'read=./docs/a.md'],
  ['read', '/project', 'read=.'],
  ['read', '/elsewhere/a', 'read=/elsewhere/a'],
  ['read', '/project/.git/config', 'read=./.git/config'],
  ['write', '/project/.git/config', undefined],
  ['write', '/home/me/.bashrc', undefined],
  ['write', '/project/a*', undefined],
  ['write', '/project/a\u202Eb', undefined],
  ['net', 'https://a.org:443', 'net=https://a.org:443'],
  ['net-private', 'http://10.0.0.1:80', undefined],
  ['mix', 'https://a.org:443', undefined],
  ['unjailed', 'git log', undefined],
  ['run', 'git log -1', 'run=git log -1'],
  ['run', 'git', undefined],
  ['run', 'git log  -1', undefined],
  ['run', 'git log\t-1', undefined],
  ['run', 'sh -c x', undefined],
  ['run', 'env bash -c x', undefined],
  ['run', '/bin/bash -c x', undefined],
  ['run', String.raw`C:\Windows\cmd.exe /c x`, undefined],
  ['run', 'PowerShell.exe -c x', undefined],
  ['env', 'LANG', 'env=LANG'],
  ['secret', 'key', 'secret=key'],
])('always for %s %s writes %s', (permission, target, rule) => {
  expect(ruleFor({ permission, target }, '/project')).toBe(rule)
})
