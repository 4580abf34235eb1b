import { describe, expect, test } from 'vitest'
import { KINDS, namesOf, templateFiles } from './index.ts'

describe.each(KINDS)('a new %s', (kind) => {
  const files = templateFiles(kind, namesOf('@me/llmspell-weather-report'))
  const byPath = new Map(files.map(({ path, text }) => [path, text]))

  test('has all that a package needs', () => {
    const wanted = ['.gitignore', '.github/workflows/ci.yml', 'LICENSE', 'README.md']
    expect([...byPath.keys()]).toEqual(
      expect.arrayContaining([...wanted, 'package.json', 'tsconfig.json', 'src/index.ts']),
    )
    expect(files.some(({ path }) => path.endsWith('.test.ts'))).toBe(true)
  })

  test('has its own names and none of the template', () => {
    expect(files.filter(({ text }) => /my[-_]?plugin/i.test(text))).toEqual([])
    const json = JSON.parse(byPath.get('package.json')!) as {
      name: string
      llmspell: { id: string }
    }
    expect(json).toMatchObject({
      name: '@me/llmspell-weather-report',
      llmspell: { id: 'weather-report' },
    })
  })
})
