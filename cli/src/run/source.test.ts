import { execFileSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readSource } from './source.ts'

const folder = mkdtempSync(join(tmpdir(), 'llmspell-source-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'hello.lua'), 'print(1)')
writeFileSync(join(folder, 'bytes.lua'), Buffer.from([0xff, 0xfe, 0]))
mkdirSync(join(folder, 'app'))
writeFileSync(join(folder, 'app', 'main.lua'), '')

function failure(name: string): unknown {
  try {
    return readSource(join(folder, name))
  } catch (error) {
    return error
  }
}

test('reads a script', () => {
  const file = join(folder, 'hello.lua')
  expect(readSource(file)).toEqual({ file, text: 'print(1)' })
})

test('a slip is answered with the nearest name of the folder', () => {
  expect(failure('helo.lua')).toMatchObject({
    code: 'FILE_NOT_FOUND',
    hint: "Did you mean 'hello.lua'?",
  })
  expect(failure('nowhere/x.lua')).toMatchObject({ code: 'FILE_NOT_FOUND' })
})

test('a device, a pipe and far too much text are no script', () => {
  execFileSync('mkfifo', [join(folder, 'pipe.lua')])
  writeFileSync(join(folder, 'large.lua'), Buffer.alloc(16 * 1024 * 1024 + 1, 32))
  const reasons = { 'pipe.lua': 'is a pipe', 'large.lua': 'is larger than 16 MiB' }
  for (const [name, reason] of Object.entries(reasons)) {
    expect(failure(name)).toMatchObject({ message: expect.stringContaining(reason) })
  }
  expect(() => readSource('/dev/zero')).toThrow('is a device')
})

test('a folder and bytes are no script', () => {
  expect(failure('app')).toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining('is a folder'),
    hint: expect.stringContaining('app/main.lua'),
  })
  expect(failure('bytes.lua')).toMatchObject({ code: 'FILE_UNREADABLE' })
})
