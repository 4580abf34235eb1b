import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeFolders } from './folders.ts'

const place = mkdtempSync(join(tmpdir(), 'folders-'))
afterAll(() => rmSync(place, { recursive: true }))

test('makes what is missing, and says whether the last one was', () => {
  expect(makeFolders(join(place, 'a', 'b'))).toBe(true)
  expect(makeFolders(join(place, 'a', 'b'))).toBe(false)
  expect(makeFolders(join(place, 'a', 'nope', '..', 'b'))).toBe(false)
  expect(existsSync(join(place, 'a', 'nope'))).toBe(false)
})

test('a file in the way is an error', () => {
  writeFileSync(join(place, 'file'), '')
  expect(() => makeFolders(join(place, 'file', 'x'))).toThrow(/EEXIST|ENOTDIR/)
})

test.runIf(existsSync('/proc/self'))('ends where no folder can be', () => {
  expect(() => makeFolders('/proc/nope/x')).toThrow('ENOENT')
})
