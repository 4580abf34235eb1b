import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERROR_CLASSES } from '@llmspell/sdk'
import { BORROWED } from 'llmspell'
import { describe, expect, test } from 'vitest'
import { raised, tables, written } from './support/codes.ts'
import { packages } from './support/packages.ts'
import { ROOT } from './support/root.ts'

const LISTED = await tables()
const names = LISTED.map(({ name }) => name)

describe('codes of errors', () => {
  test('are found in the sources', () => {
    // One of each way of raising: a class, a helper, a record, a choice, a printed line.
    const some = ['FLAG_UNKNOWN', 'HOOK_UNKNOWN', 'INPUT_INVALID', 'WOULD_BLOCK', 'NODE_TOO_OLD']
    expect([...raised().keys()]).toEqual(expect.arrayContaining(some))
    expect(raised().size).toBeGreaterThan(70)
  })

  test('are in a table when a source raises them', () => {
    const lost = [...raised()].filter(([code]) => !names.includes(code))
    expect(lost.map(([code, file]) => `'${code}' of ${file} is in no table`)).toEqual([])
  })

  test('have one owner', () => {
    const owners = Map.groupBy(LISTED, ({ name }) => name)
    const shared = [...owners].filter(([, rows]) => rows.length > 1)
    expect(shared.map(([name, rows]) => [name, ...rows.map(({ owner }) => owner)])).toEqual([])
  })

  test('are raised when a table lists them', () => {
    const found = written()
    expect(LISTED.filter(({ name }) => !found.has(name))).toEqual([])
  })

  test.each(LISTED)("'$name' of $owner has class, cause and cure", (item) => {
    expect(item.name).toMatch(/^[A-Z][A-Z\d]*(?:_[A-Z\d]+)*$/)
    expect(ERROR_CLASSES).toContain(item.class)
    for (const text of [item.cause, item.cure]) expect(text).toMatch(/^[^\s].*[^.\s]\.$/)
    expect(item.cure).not.toBe(item.cause)
  })

  test('have the class of their owner where the command line raises them too', () => {
    const classes = Object.fromEntries(LISTED.map((item) => [item.name, item.class]))
    const own = Object.keys(BORROWED).map((name) => [name, classes[name]])
    expect(BORROWED).toEqual(Object.fromEntries(own))
  })

  test('that a tool reports are in a table', async () => {
    const reported = (await packages()).flatMap(({ manifest: { llmspell } }) =>
      (llmspell?.contributes?.tools ?? []).flatMap(({ reports = [] }) => reports),
    )
    expect(reported.length).toBeGreaterThan(0)
    expect(reported.filter((code) => !names.includes(code))).toEqual([])
  })

  test('are on the page of errors, once', () => {
    const page = readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8')
    const rows = [...page.matchAll(/^\| `([A-Z_\d]+)` \|/gm)].map(([, name]) => name)
    expect(new Set(rows)).toEqual(new Set(names))
    expect(rows).toHaveLength(names.length)
  })
})
