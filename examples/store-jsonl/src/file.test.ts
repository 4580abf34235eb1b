import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Scope } from '@llmspell/sdk'
import { RowStore, thisProcess } from '@llmspell/sdk/store'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LineHome } from './home.ts'
import { LineRows } from './line-rows.ts'

const SCOPE: Scope = { tenant: 'local', kind: 'global', id: '' }
let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'store-jsonl-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function opened(): Promise<RowStore> {
  const store = new RowStore(new LineHome(folder, () => {}))
  await store.open({ signal: new AbortController().signal })
  return store
}

/** A store that was left with these values, and its file. */
async function left(...values: readonly string[]): Promise<string> {
  const store = await opened()
  for (const value of values) await store.scope(SCOPE).put('a', value)
  await store.close()
  return join(folder, 'state.jsonl')
}

test('the end of a line that a kill has cut off never happened', async () => {
  const file = await left('one', 'two')
  appendFileSync(file, readFileSync(file).subarray(-40, -10))
  const store = await opened()
  expect((await store.scope(SCOPE).get('a'))?.value).toBe('two')
  await store.scope(SCOPE).put('a', 'three')
  await store.close()
  const again = await opened()
  expect((await again.scope(SCOPE).get('a'))?.value).toBe('three')
  await again.close()
})

test('a broken line that others follow is damage', async () => {
  const file = await left('one', 'two')
  const lines = readFileSync(file, 'utf8').split('\n')
  lines[1] = lines[1]!.replace('"', '"x')
  writeFileSync(file, lines.join('\n'))
  await expect(opened()).rejects.toMatchObject({ code: 'STATE_DAMAGED' })
})

test('one process at a time; what a dead one left is taken over', async () => {
  const store = await opened()
  await expect(opened()).rejects.toMatchObject({ code: 'STATE_BUSY' })
  await store.close()
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(join(folder, 'owner.json'), JSON.stringify({ ...thisProcess(), pid, start: '0' }))
  await (await opened()).close()
})

test('a file that is mostly old is written anew, and views keep what they saw', async () => {
  const rows = await LineRows.open(join(folder, 'rows'))
  const put = (text: string) =>
    ({ type: 'put', key: Buffer.from('k'), value: Buffer.from(text.repeat(100_000)) }) as const
  await rows.write([put('a')], false)
  const view = rows.view()
  for (let round = 0; round < 20; round++) await rows.write([put('b')], false)
  expect(statSync(join(folder, 'rows')).size).toBeLessThan(1_500_000)
  expect(rows.get(Buffer.from('k'), view)?.toString('latin1', 0, 2)).toBe('aa')
  await view.close()
  await rows.close()
  const again = await LineRows.open(join(folder, 'rows'))
  expect(again.get(Buffer.from('k'))?.toString('latin1', 0, 2)).toBe('bb')
  await again.close()
})
