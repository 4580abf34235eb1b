import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditLine } from '@llmspell/sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fileOf } from './folder.ts'
import { openAudit, type AuditStore } from './index.ts'
import { NOTHING_BEFORE, sha256 } from './line.ts'

let folder = ''
let file = ''
const stores: AuditStore[] = []

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'audit-')), 'audit')
  file = join(folder, fileOf(new Date()))
})

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close().catch(() => undefined)
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

function open(): AuditStore {
  const store = openAudit(folder)
  stores.push(store)
  return store
}

function entry(more: Partial<AuditLine> = {}): Parameters<AuditStore['record']>[0] {
  return {
    run: 'run-1',
    seq: 0,
    actors: ['script'],
    subject: "Tool 'test'",
    permission: 'read',
    target: '/project/a',
    outcome: 'allowed',
    by: 'command line: read=.',
    labels: [],
    ...more,
  }
}

const lines = (): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean)
const faults = async (): Promise<readonly string[]> => (await openAudit(folder).verify()).faults

async function filled(count: number): Promise<void> {
  const store = open()
  for (let i = 0; i < count; i++) await store.record(entry({ seq: i }))
  await store.close()
}

test('lines are linked, in a file and a folder of the user alone', async () => {
  await filled(3)
  const found = lines().map((text) => JSON.parse(text) as AuditLine)
  expect(found.map(({ n }) => n)).toEqual([1, 2, 3])
  expect(found[0]!.prev).toBe(NOTHING_BEFORE)
  expect(found[1]!.prev).toBe(sha256(lines()[0]!))
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test.each([
  [{ permission: 'write' }, true],
  [{ permission: 'run' }, true],
  [{ permission: 'net' }, true],
  [{ outcome: 'denied' }, true],
  [{ outcome: 'refused' }, true],
  [{ permission: 'read' }, false],
  [{ permission: 'env', outcome: 'approved' }, false],
] as const)('%j is on disk at once: %j', async (more, expected) => {
  const store = open()
  await store.record(entry())
  expect(lines()).toHaveLength(1)
  await store.record(entry(more))
  expect(lines().length === 2).toBe(expected)
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect(lines()).toHaveLength(2)
})

test('many at once keep their order and their links', async () => {
  const store = open()
  const permission = (i: number): string => (i % 3 === 0 ? 'net' : 'read')
  await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      store.record(entry({ seq: i, permission: permission(i) })),
    ),
  )
  expect(await store.verify()).toEqual({ lines: 200, faults: [] })
  const found = await Array.fromAsync(store.lines())
  expect(found.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, i) => i))
})

test('characters that act on a terminal are escaped, and long targets cut', async () => {
  const store = open()
  await store.record(entry({ target: 'a\u202Eb\u001B[31m\u0085\u2028' }))
  await store.record(entry({ target: 'x'.repeat(10_000) }))
  await store.close()
  expect(lines()[0]).toMatch(/^[\x20-\x7E]+$/)
  expect((JSON.parse(lines()[0]!) as AuditLine).target).toBe('a\u202Eb\u001B[31m\u0085\u2028')
  expect(lines()[1]!.length).toBeLessThan(5000)
  expect(lines()[1]).toContain('10000 characters, sha256')
})

test('facts are kept by digest and length', () => {
  const { facts } = open().digested({ secret: 'hunter2' })
  expect(facts).toEqual({ sha256: sha256('{"secret":"hunter2"}'), bytes: 20 })
  expect(open().digested(undefined)).toEqual({})
})

test('lines are found by run and outcome, the newest of them where there is a limit', async () => {
  const store = open()
  for (let i = 0; i < 6; i++)
    await store.record(
      entry({ seq: i, run: `run-${i % 2}`, outcome: i < 3 ? 'denied' : 'allowed' }),
    )
  const seqs = async (filter: object): Promise<number[]> =>
    (await Array.fromAsync(store.lines(filter))).map(({ seq }) => seq)
  expect(await seqs({ run: 'run-1' })).toEqual([1, 3, 5])
  expect(await seqs({ outcome: 'denied' })).toEqual([0, 1, 2])
  expect(await seqs({ limit: 2 })).toEqual([4, 5])
  expect(await seqs({ run: 'run-0', outcome: 'allowed', limit: 9 })).toEqual([4])
})

describe('verifying finds', () => {
  const change = (fn: (all: string[]) => string[]): void =>
    writeFileSync(file, `${fn(lines()).join('\n')}\n`)

  test.each([
    [
      'a line that was changed',
      (all: string[]) => all.with(1, all[1]!.replace('allowed', 'denied')),
      /:3: line 2 .* was changed/,
    ],
    [
      'a line that is missing',
      (all: string[]) => all.toSpliced(2, 1),
      /:3: 1 line before it missing/,
    ],
    [
      'lines that are missing',
      (all: string[]) => all.toSpliced(1, 2),
      /:2: 2 lines before it missing/,
    ],
    ['the first lines missing', (all: string[]) => all.slice(2), /:1: the first 2 of chain/],
    [
      'two lines that were swapped',
      (all: string[]) => [all[0]!, all[2]!, all[1]!, ...all.slice(3)],
      /out of order/,
    ],
    [
      'what is no line',
      (all: string[]) => all.toSpliced(1, 0, '{"n":1}', 'x'),
      /:2: is no line of an audit/,
    ],
  ])('%s', async (_, how, expected) => {
    await filled(5)
    expect(await faults()).toEqual([])
    change(how)
    expect((await faults()).join('\n')).toMatch(expected)
  })

  test('a chain whose beginning hangs in the air', async () => {
    await filled(2)
    await filled(2)
    change((all) => all.with(1, all[1]!.replace('allowed', 'denied')))
    expect((await faults()).join('\n')).toMatch(/:3: the line that chain \w+ began behind/)
    writeFileSync(file, `${lines().slice(2).join('\n')}\n`)
    expect((await faults()).join('\n')).toMatch(/:1: the line that chain/)
  })

  test('a torn tail, behind which the next process writes whole lines', async () => {
    await filled(2)
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20))
    expect(await faults()).toEqual([expect.stringContaining(':2: is torn')])
    await filled(2)
    expect(await faults()).toEqual([expect.stringContaining(':2: is no line of an audit')])
    expect((JSON.parse(lines()[2]!) as AuditLine).prev).toBe(sha256(lines()[0]!))
  })
})

test('a chain goes on in the file of the next month, behind the last of this one', async () => {
  const store = open()
  await store.record(entry({ at: '2026-01-31T23:59:59.999Z', permission: 'net' } as never))
  await store.record(entry({ at: '2026-02-01T00:00:00.000Z', permission: 'net' } as never))
  await store.close()
  const [first, second] = ['01', '02'].map((month) =>
    readFileSync(join(folder, `audit-2026-${month}.jsonl`), 'utf8'),
  )
  expect((JSON.parse(second!) as AuditLine).prev).toBe(sha256(first!.trim()))
  expect(await faults()).toEqual([])
  rmSync(join(folder, 'audit-2026-01.jsonl'))
  expect(await faults()).toHaveLength(1)
})

test('an empty folder, and none, have no lines', async () => {
  expect(await openAudit(folder).verify()).toEqual({ lines: 0, faults: [] })
  expect(await Array.fromAsync(openAudit(folder).lines())).toEqual([])
})

test('what cannot be written is refused, waits, and is written in its place when it can be', async () => {
  const base = join(folder, '..')
  writeFileSync(folder, 'in the way')
  const store = open()
  await expect(store.record(entry({ permission: 'net', seq: 1 }))).rejects.toMatchObject({
    code: 'AUDIT_UNWRITABLE',
  })
  await expect(store.record(entry({ seq: 2 }))).rejects.toMatchObject({ code: 'AUDIT_UNWRITABLE' })
  await expect(openAudit(folder).verify()).rejects.toMatchObject({ code: 'AUDIT_UNREADABLE' })
  rmSync(folder)
  await store.record(entry({ seq: 3 }))
  expect(await store.verify()).toEqual({ lines: 3, faults: [] })
  chmodSync(base, 0o700)
})
