import { expect, test } from 'vitest'
import { withoutSecrets } from './without-secrets.ts'

const shown = (...args: string[]): unknown =>
  withoutSecrets({ kind: 'begin', input: { inline: { args, root: '/' } } } as never)

test.each([
  [['--password=hunter2'], ['--password=(hidden)']],
  [
    ['--api-key', 'abc', 'x'],
    ['--api-key', '(hidden)', 'x'],
  ],
  [
    ['--token', '--x'],
    ['--token', '--x'],
  ],
  [
    ['db_pass=1', 'name=2', 'plain'],
    ['db_pass=(hidden)', 'name=2', 'plain'],
  ],
  [['sk-proj-abcdefghijklmnop1234'], ['(hidden)']],
])('the arguments %j are shown as %j', (given, args) => {
  expect(shown(...given)).toMatchObject({ input: { inline: { args, root: '/' } } })
})
