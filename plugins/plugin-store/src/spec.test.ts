import fc from 'fast-check'
import { expect, test } from 'vitest'
import { folderName, sourceOf } from './spec.ts'

test.each([
  ['wx', { kind: 'registry', name: 'wx' }],
  ['@me/wx@^1.2', { kind: 'registry', name: '@me/wx' }],
  ['./wx', { kind: 'path', path: '/work/wx' }],
  ['file:../wx.tgz', { kind: 'path', path: '/wx.tgz' }],
  ['me/wx', { kind: 'git', from: 'me/wx' }],
  ['git+ssh://git@host/wx', { kind: 'git' }],
])('%s is read', (spec, source) => {
  expect(sourceOf(spec, '/work')).toMatchObject(source)
})

test.each(['', ' ', '-g', '--registry=x', 'https://x/y.tgz', 'wx@-g', 'X!', 'file:'])(
  '%j is refused',
  (spec) => {
    expect(() => sourceOf(spec, '/work')).toThrow(/cannot be installed/)
  },
)

const cameOf = (spec: string): string => {
  try {
    return sourceOf(spec, '/work').from
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('nothing that is let through is a flag', () => {
  const specs = fc.oneof(fc.string(), fc.constantFrom('-', '--x', '@', ' -g'))
  fc.assert(
    fc.property(specs, (spec) => {
      expect(cameOf(spec)).toMatch(/^[^\s-]/)
    }),
  )
})

test('the folder of a package is one folder, whatever its name', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (name, version) => {
      expect(folderName(name, version)).not.toMatch(/[\\/\0]/)
    }),
  )
})
