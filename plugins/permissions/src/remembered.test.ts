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
  const found = ruleFor({ permission, target }, '/project')
  expect('rule' in found ? found.rule : undefined).toBe(rule)
  expect('why' in found ? found.why.length > 0 : rule !== undefined).toBe(true)
})

test.each(['python3', 'python3.12', 'node', 'perl', 'awk', 'sed', 'env', '/usr/bin/ruby'])(
  'what %s reads from its arguments is asked for each time',
  (program) => {
    expect(ruleFor({ permission: 'run', target: `${program} -x y` }, '/project')).toEqual({
      why: 'its arguments are a program of their own',
    })
  },
)

test('no rule says what stands on stdin, or makes a folder', () => {
  const facts = { stdin: { bytes: 1 } }
  expect(ruleFor({ permission: 'run', target: 'git am -', facts }, '/project')).toMatchObject({
    why: expect.stringContaining('stdin'),
  })
  const made = { permission: 'write', target: '/project/out', facts: { kind: 'folder' } }
  expect(ruleFor(made, '/project')).toMatchObject({ why: expect.stringContaining('all below') })
})
