import { expect, test } from 'vitest'
import { EgressRules } from './egress.ts'

const rules = new EgressRules({ allow: ['allowed.test', '*.allowed.test'] })
const refused = (text: string, key = 'url') => rules.refused({ [key]: text })

test.each([
  'http:/evil.test',
  'http:evil.test',
  'HTTP:\\\\evil.test/x',
  'ht\ntp://evil.test',
  '\u0001http://evil.test',
  '\u00a0http://evil.test',
  'http:\t//evil.test',
  'ws:evil.test',
  '--url=http://evil.test',
  '--url=http:evil.test',
  'curl http://evil.test',
  '<http://evil.test>',
  '[a](https://evil.test)',
  '{"u":"https://evil.test","v":1}',
  'http://allowed.test http://evil.test',
  'see http://allowed.test,http://evil.test',
  'see http://allowed.test@evil.test/',
  'curl http://allowed.test"@evil.test/',
  'see "http://evil.test","x@allowed.test"',
  'see git+ssh://evil.test/x',
  `see http:${'/'.repeat(50)}evil.test`,
  `see http://${'a'.repeat(1000)}evil.test${'a'.repeat(1000)}@allowed.test`,
])('%j names a host that may not be asked', (text) => {
  expect(refused(text)).toContain('evil.test')
  expect(rules.refused({ list: [{ [text]: 1 }] })).toContain('evil.test')
})

test.each([
  'http://allowed.test',
  'see http://allowed.test, or https://www.allowed.test.',
  '(http://allowed.test:8080/a?b=evil.test)',
  '{"u":"https://allowed.test","v":"http://allowed.test/x"}',
  'the schemes http:// and http: are old',
  'file:///etc/hosts is read; a://// is none',
  'plain text with evil.test in it',
  'data:image/png;base64,AAAA//BBBB',
  '12:30 C:\\x key: value',
])('%j names none', (text) => {
  expect(refused(text)).toBeUndefined()
})

test('a parameter that is a host needs no scheme', () => {
  expect([refused('evil.test', 'host'), refused('allowed.test', 'Host')]).toEqual([
    'evil.test',
    undefined,
  ])
})

test('the work grows with the text', () => {
  const texts = ['a'.repeat(1e6), 'http:'.repeat(1e5), '://'.repeat(2e5), `http:${'/'.repeat(1e6)}`]
  for (const text of texts) expect(() => refused(text)).not.toThrow()
}, 30_000)
