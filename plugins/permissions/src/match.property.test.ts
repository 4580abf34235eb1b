import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { denies, exactness, matches } from './match.ts'
import { matchesNet } from './net.ts'
import { inRange } from './range.ts'

const ROOT = '/project/root'
const NAME = fc.constantFrom(
  'a',
  'ab',
  'b',
  '..',
  '.',
  '',
  '...',
  'a ',
  'A',
  '%2e%2e',
  '..\\',
  '*',
  '~',
)
const PATH = fc.array(NAME, { maxLength: 8 }).map((names) => names.join('/'))

/** By the book: what remains of the way from the folder to the target never goes up. */
function isBelow(folder: string, target: string): boolean {
  const rest = relative(folder, target)
  return rest !== '..' && !rest.startsWith(`..${sep}`) && !isAbsolute(rest)
}

test('100,000 random paths never escape the folder that is granted', () => {
  const check = fc.property(PATH, PATH, (grant, path) => {
    fc.pre(!/[*?]/.test(grant) && grant !== '')
    // Services decide on resolved paths.
    const target = resolve(ROOT, path)
    const covered = matches('read', grant, target, ROOT, 'written')
    return covered === isBelow(resolve(ROOT, grant), target)
  })
  expect(() => fc.assert(check, { numRuns: 100_000 })).not.toThrow()
})

test('a glob never reaches above the folder that it starts from, and a deny covers all that an allow does', () => {
  const star = fc.constantFrom('*', '**', 'a*', '?', 'a', 'b')
  const globs = fc.array(star, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'))
  const check = fc.property(globs, PATH, (glob, path) => {
    const target = resolve(ROOT, path)
    const covered = matches('write', `./in/${glob}`, target, ROOT, 'written')
    if (covered && !isBelow(join(ROOT, 'in'), target)) return false
    return !covered || denies('write', `./in/${glob}`, target, ROOT)
  })
  expect(() => fc.assert(check, { numRuns: 20_000 })).not.toThrow()
})

test('a host that is granted is the host that would be connected to', () => {
  const host = fc.domain()
  const noise = fc.constantFrom('', '@', '#', '?', '/', '\\', '%2f', ':443@', ' ', '.', '\t')
  const check = fc.property(host, noise, host, (granted, between, other) => {
    fc.pre(granted !== other)
    const target = `https://${granted}${between}${other}/`
    const url = URL.parse(target)
    return !matchesNet(granted, target) || url?.hostname.replace(/\.$/, '') === granted
  })
  expect(() => fc.assert(check, { numRuns: 20_000 })).not.toThrow()
})

test('a range covers an address by its first bits alone', () => {
  const address = fc.integer({ min: 0, max: 2 ** 32 - 1 })
  const bits = fc.integer({ min: 0, max: 32 })
  const text = (n: number): string => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.')
  const check = fc.property(address, address, bits, (base, other, length) => {
    const mask = length === 0 ? 0 : (~0 << (32 - length)) >>> 0
    const expected = (base & mask) >>> 0 === (other & mask) >>> 0
    return inRange(`${text(base)}/${length}`, text(other)) === expected
  })
  expect(() => fc.assert(check, { numRuns: 20_000 })).not.toThrow()
})

test('no text makes the matchers throw', () => {
  const words = [
    'read',
    'net',
    'net-private',
    'run',
    'unjailed',
    'env',
    'sys',
    'secret',
    'mix',
    'x',
  ]
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  const check = fc.property(fc.constantFrom(...words), text, text, (permission, grant, target) => {
    matches(permission, grant, target, ROOT)
    denies(permission, grant, target, ROOT)
    return exactness(grant) >= 0
  })
  expect(() => fc.assert(check, { numRuns: 20_000 })).not.toThrow()
})

test.each([
  ['10.0.0.0/8', 'http://10.1.2.3:8080', true],
  ['10.0.0.0/8', 'http://11.1.2.3', false],
  ['10.0.0.0/8', 'http://10.evil.org', false],
  ['10.0.0.0/8:443', 'https://10.1.2.3', true],
  ['10.0.0.0/8:443', 'http://10.1.2.3', false],
  ['10.0.0.0/8:*', 'http://10.1.2.3:1', true],
  ['10.0.0.0/8', 'http://0x0a.1', true],
  ['10.0.0.0/8', 'http://[::ffff:10.0.0.1]', true],
  ['[::ffff:10.0.0.0]/104', 'http://10.1.1.1', true],
  ['[fd00::]/8', 'http://[fd12::1]:99', true],
  ['fd00::/8', 'http://[fd12::1]:99', true],
  ['[fd00::]/8', 'http://[fe80::1]', false],
  ['[fd00::]/8', 'http://10.0.0.1', false],
  ['10.0.0.0/33', 'http://10.0.0.1', false],
  ['10.0.0.0/', 'http://10.0.0.1', false],
  ['10.0.0/8', 'http://10.0.0.1', false],
  ['0.0.0.0/0', 'http://', false],
])('the range %s for %s: %j', (grant, target, expected) => {
  expect(matchesNet(grant, target)).toBe(expected)
})
