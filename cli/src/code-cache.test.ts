import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { keepsCode, loadKept } from './code-cache.ts'

const folder = mkdtempSync(join(tmpdir(), 'llmspell-code-'))
afterAll(() => rmSync(folder, { recursive: true }))
const source = join(folder, 'main.cjs')
writeFileSync(source, 'exports.answer = 42\n//# content abc123\n')

test('the folder is made for its owner only', () => {
  const code = join(folder, 'a', 'code')
  expect(keepsCode(code)).toBe(true)
  expect(statSync(code).mode & 0o777).toBe(0o700)
})

test('a folder that others may write, or a link to one, keeps nothing', () => {
  const open = join(folder, 'open')
  mkdirSync(open)
  chmodSync(open, 0o777)
  symlinkSync(join(folder, 'a'), join(folder, 'link'))
  expect(keepsCode(open)).toBe(false)
  expect(keepsCode(join(folder, 'link'))).toBe(false)
})

test('a kept file that others may write is made anew', () => {
  const code = join(folder, 'kept')
  keepsCode(code)
  loadKept(source, code).keep()
  const kept = join(code, readdirSync(code)[0]!)
  chmodSync(kept, 0o666)
  const again = loadKept(source, code)
  again.keep()
  expect(again.exports).toEqual({ answer: 42 })
  expect(statSync(kept).mode & 0o777).toBe(0o600)
})

test.each([
  ['a bit is another', (code: Buffer) => (code[code.length >> 2]! ^= 1)],
  ['a bit of its copy is another', (code: Buffer) => (code[(code.length * 3) >> 2]! ^= 1)],
])('damaged code is not handed to V8: %s', (_, damage) => {
  const code = join(folder, 'damaged')
  keepsCode(code)
  loadKept(source, code).keep()
  const kept = join(code, readdirSync(code)[0]!)
  const bytes = readFileSync(kept)
  damage(bytes)
  writeFileSync(kept, bytes)
  const again = loadKept(source, code)
  expect(again.exports).toEqual({ answer: 42 })
  again.keep()
  expect(readFileSync(kept).equals(bytes)).toBe(false)
  expect(readFileSync(kept)).toHaveLength(bytes.length)
})

test('code that is cut is made anew', () => {
  const code = join(folder, 'cut')
  keepsCode(code)
  loadKept(source, code).keep()
  const kept = join(code, readdirSync(code)[0]!)
  const bytes = readFileSync(kept)
  writeFileSync(kept, bytes.subarray(1))
  loadKept(source, code).keep()
  expect(readFileSync(kept)).toHaveLength(bytes.length)
})

test('without a folder all works', () => {
  const { exports, keep } = loadKept(source, undefined)
  keep()
  expect(exports).toEqual({ answer: 42 })
})
