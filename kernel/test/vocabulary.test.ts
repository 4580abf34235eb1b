import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const kernel = join(import.meta.dirname, '..')
const TRADE =
  /\b(agent|tool|model|script|prompt|workflow|session|chat|llm|embedding|conversation)s?\b/gi

test('the kernel knows no word of the trade: they reach it as data', () => {
  const files = globSync(['src/**/*.ts', 'schemas/*.json', 'README.md', 'package.json'], {
    cwd: kernel,
  })
  expect(files.length).toBeGreaterThan(20)
  const found = files.flatMap((file) => {
    const lines = readFileSync(join(kernel, file), 'utf8').split('\n')
    return lines.flatMap((line, index) =>
      (line.match(TRADE) ?? []).map((word) => `${file}:${index + 1} ${word}`),
    )
  })
  // The shell's package.json has a key of its own by this name.
  expect(found.filter((place) => !/^package\.json:\d+ scripts$/.test(place))).toEqual([])
})
