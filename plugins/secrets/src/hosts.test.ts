import { expect, test } from 'vitest'
import { isHost, reaches } from './hosts.ts'

test.each([
  ['api.github.com', 'https://api.github.com', true],
  ['api.github.com', 'https://api.github.com:443', true],
  ['API.GitHub.com', 'https://api.github.com', true],
  ['api.github.com', 'https://api.github.com.', true],
  ['api.github.com', 'http://api.github.com', false],
  ['http://api.github.com', 'http://api.github.com', true],
  ['api.github.com', 'https://api.github.com:8443', false],
  ['api.github.com:8443', 'https://api.github.com:8443', true],
  ['github.com', 'https://api.github.com', false],
  ['*.github.com', 'https://api.github.com', true],
  ['*.github.com', 'https://github.com', false],
  ['*.github.com', 'https://evilgithub.com', false],
  ['api.github.com', 'https://api.github.com.evil.org', false],
  ['api.github.com', 'https://api.github.com@evil.org', false],
  ['localhost:8000', 'http://localhost:8000', true],
  ['localhost:8000', 'http://localhost:8001', false],
  ['127.0.0.1:80', 'http://127.0.0.1', true],
  ['[::1]:3000', 'http://[::1]:3000', true],
  ['api.github.com', 'ftp://api.github.com', false],
  ['api.github.com', 'nonsense', false],
])('%s for %s: %s', (host, origin, expected) => {
  expect(reaches([host], origin)).toBe(expected)
})

test.each(['', '*', '*.', 'a b', 'ftp://x', 'x/y', 'user@x', 'x:y', 'x:123456', '-x', 'x?y'])(
  '%j is no host',
  (text) => expect(isHost(text)).toBe(false),
)
