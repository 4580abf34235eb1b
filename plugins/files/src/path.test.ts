import { expect, test } from 'vitest'
import { isSystemPath } from './kind.ts'
import { checkPath } from './path.ts'

const refusal = expect.objectContaining({ code: 'PATH_INVALID' })

test.each([
  '',
  'a.txt\0.png',
  'half \ud800',
  'x'.repeat(256),
  'x/'.repeat(2048) + 'x',
  'a/'.repeat(257) + 'a',
  'file:///etc/passwd',
  'https://example.com/a',
  '~/.ssh/id_rsa',
  '\\\\host\\share\\a',
  'x::$DATA',
  'C:rel',
  'name.',
  'name ',
  'CON',
  'nul.txt',
  'sub/LPT1.log',
])('%j is no portable name', (path) => {
  expect(() => checkPath(path)).toThrow(refusal)
})

test.each(['a.txt', '../up.txt', './a', '..%2f', '．．／x', 'sub/console.txt', '.hidden', 'é/ü'])(
  '%j is a name like others',
  (path) => {
    expect(() => checkPath(path)).not.toThrow()
  },
)

test('the folders of the system are known by whole names', () => {
  expect(['/proc/self/environ', '/sys/kernel', '/dev/zero'].map(isSystemPath)).toEqual([
    true,
    true,
    true,
  ])
  expect(['/process/x', '/home/dev/x', '/device'].map(isSystemPath)).toEqual([false, false, false])
})
