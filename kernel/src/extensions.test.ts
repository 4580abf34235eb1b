import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inline, record } from '../test/plugins.ts'
import { ExtensionCatalogue } from './extensions.ts'
import { KERNEL_ERRORS } from './codes.ts'
import { KERNEL_RECORD } from './kernel-record.ts'
import { resolve } from './resolve.ts'
import { withKernel } from './testing.ts'

const root = join(import.meta.dirname, '..')
const items = [
  { name: 'inline', input: { type: 'object' } },
  {
    name: 'file',
    input: './package.json',
    none: './none.json',
    text: 'plain',
    out: './../outside.json',
    bad: './README.md',
  },
]

function catalogue(facts = {}) {
  const owner = record('owner', { contributes: { points: { things: {} }, things: items } }, facts)
  const plan = resolve([owner], { kernel: KERNEL_RECORD })
  return new ExtensionCatalogue({ plan, activate: () => Promise.resolve() })
}

describe('documents of items', () => {
  const all = catalogue({ root })
  const file = all.find('things', 'file')!

  test('are inline data, or JSON files of the package, read once', () => {
    expect(all.document(all.find('things', 'inline')!, 'input')).toEqual({ type: 'object' })
    expect(all.document(file, 'text')).toBe('plain')
    expect(all.document(file, 'absent')).toBeUndefined()
    const document = all.document(file, 'input')
    expect(document).toMatchObject({ name: '@llmspell/kernel' })
    expect(all.document(file, 'input')).toBe(document)
  })

  test.each([
    ['none', 'there is none'],
    ['out', 'lies outside'],
    ['bad', 'is no JSON'],
  ])('that cannot be had are faults of the manifest: %s', (field, text) => {
    expect(() => all.document(file, field)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID', message: expect.stringContaining(text) }),
    )
  })

  test('have absolute paths inside of the package', () => {
    expect(all.file(file, './a/b.txt')).toBe(join(root, 'a', 'b.txt'))
    expect(() => all.file(file, '/etc/passwd')).toThrow('lies outside')
    expect(() => catalogue().file(file, './a')).toThrow('has no folder')
  })
})

describe('names', () => {
  test('that nobody contributes are unknown, with a suggestion', async () => {
    const get = catalogue().get('things' as never, 'fil')
    await expect(get).rejects.toMatchObject({
      code: 'CONTRIBUTION_UNKNOWN',
      hint: "Did you mean 'file'?",
    })
    await expect(catalogue().get('thngs' as never, 'file')).rejects.toMatchObject({
      hint: "Did you mean 'things'?",
    })
    await expect(catalogue().get('things' as never, 'zzzzzzzz')).rejects.toMatchObject({
      hint: 'Known: inline, file.',
    })
  })

  test('of a point without items are an empty list', () => {
    expect(catalogue().list('none')).toEqual([])
    expect(catalogue().find('none', 'x')).toBeUndefined()
  })
})

test('codes of the kernel and of plugins are listed together', async () => {
  const errors = [{ name: 'OWN_CODE', class: 'input', cause: 'c', cure: 'd' }]
  await withKernel(
    [inline('a', { contributes: { errors }, activation: 'startup' })],
    ({ extensions, list }) => {
      const names = extensions.list('errors').map(({ name }) => name)
      expect(names).toEqual([...KERNEL_ERRORS.map(({ name }) => name), 'OWN_CODE'])
      expect(list).toBeDefined()
    },
  )
})
