import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completed, isLoopback } from './own-server.ts'

const OWN = 'http://127.0.0.1:11434'

// The forms that https://docs.ollama.com/faq names for OLLAMA_HOST.
test.each([
  ['0.0.0.0', OWN],
  ['0.0.0.0:8080', 'http://127.0.0.1:8080'],
  [':8080', 'http://127.0.0.1:8080'],
  ['localhost', 'http://localhost:11434'],
  ['box.local:80', 'http://box.local'],
  ['box.local/ollama', 'http://box.local:11434/ollama'],
  ['::1', 'http://[::1]:11434'],
  ['[::]:8080', 'http://127.0.0.1:8080'],
  ['http://box.local', 'http://box.local'],
  ['https://box.local:8443/a/', 'https://box.local:8443/a'],
])('%s is %s', (text, url) => {
  expect(completed(text, OWN)).toBe(url)
})

test('the address of a provider elsewhere stays as it is', () => {
  expect(completed('localhost:8000', 'https://api.openai.com')).toBe('localhost:8000')
  expect(completed('localhost:8000', undefined)).toBe('localhost:8000')
})

test('any text gives an address or comes back', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const found = completed(text, OWN)
      expect(found === text || URL.canParse(found)).toBe(true)
    }),
  )
})

test.each([
  ['http://127.0.0.1:1', true],
  ['http://127.9.9.9', true],
  ['http://[::1]:1', true],
  ['http://localhost:1', true],
  ['http://127.0.0.1.example.com', false],
  ['http://10.0.0.1', false],
  ['none', false],
])('%s is on this machine: %s', (origin, is) => {
  expect(isLoopback(origin)).toBe(is)
})
