import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { escaped, History, unescaped, withoutKeys } from './history.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'llmspell-history-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('any entry is one line, and comes back as it was', () => {
  const text = fc.string({ unit: fc.constantFrom('\\', 'n', 'r', '\n', '\r', 'a', 'é', '"') })
  fc.assert(
    fc.property(text, (entry) => {
      expect(escaped(entry)).not.toMatch(/[\n\r]/)
      expect(unescaped(escaped(entry))).toBe(entry)
    }),
  )
})

test('several sessions append to one file of the user alone, the newest comes first and once', async () => {
  const file = join(folder, 'deep', 'history')
  const [one, other] = [new History(file), new History(file)]
  await one.add('first')
  await other.add('second\nline')
  await Promise.all(Array.from({ length: 20 }, (_, i) => [one, other][i % 2]!.add(`entry ${i}`)))
  await one.add('first')
  const entries = await new History(file).read()
  expect(entries).toHaveLength(22)
  expect(entries[0]).toBe('first')
  expect(entries.at(-1)).toBe('second\nline')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('what looks like a key is not kept', async () => {
  const file = join(folder, 'keys')
  const key = `sk-${'a1b2c3d4e5'.repeat(3)}`
  await new History(file).add(`x = "${key}"`)
  expect(readFileSync(file, 'utf8')).toBe('x = "[secret]"\n')
  expect(withoutKeys('a sentence with_some_longer_names = 1')).toBe(
    'a sentence with_some_longer_names = 1',
  )
})

test('a file that cannot be read or written is no history', async () => {
  appendFileSync(join(folder, 'plain'), '')
  const history = new History(join(folder, 'plain', 'history'))
  await history.add('x')
  expect(await history.read()).toEqual([])
})

test('a history of another hand sends nothing to the terminal, and is cut to its size', async () => {
  const file = join(folder, 'hostile')
  writeFileSync(file, `bell\u0007 \u001B[2J\u009B1m\\nend\n`)
  expect(await new History(file).read()).toEqual(['bell [2J1m\nend'])
  writeFileSync(file, Array.from({ length: 300 }, (_, i) => `${i}${'x'.repeat(16_000)}\n`).join(''))
  const kept = await new History(file).read()
  expect(kept[0]).toMatch(/^299x/)
  expect(statSync(file).size).toBeLessThanOrEqual(2 * 1024 * 1024)
  expect((await new History(file).read()).length).toBe(kept.length)
})
