import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandLine, findProgram } from './program.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-'))
  writeFileSync(join(folder, 'tool'), '#!/bin/sh\n', { mode: 0o755 })
  writeFileSync(join(folder, 'text'), 'text', { mode: 0o644 })
  symlinkSync('/bin/bash', join(folder, 'nice-name'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a name is looked up in the folders and nowhere else', async () => {
  expect(await findProgram('tool', ['/no-such', folder])).toMatchObject({
    path: join(folder, 'tool'),
  })
  for (const name of ['text', 'no-such', '.', '..', '', 'a\0b', './tool', '../tool', 'x/tool'])
    expect(await findProgram(name, [folder])).toMatchObject({ path: undefined, name })
})

test('a path that the folders lead to has the bare name; any other keeps its path', async () => {
  expect(await findProgram(join(folder, 'tool'), [folder])).toMatchObject({ name: 'tool' })
  const found = await findProgram(join(folder, 'tool'), ['/usr/bin'])
  expect(found.name).toBe(found.path)
})

test('a link has the name of what it leads to, too', async () => {
  expect((await findProgram('nice-name', [folder])).names).toEqual(['nice-name', 'bash'])
})

test('arguments that are not one plain word never read as several', () => {
  expect(commandLine('git', ['log', '-n', '1'])).toBe('git log -n 1')
  expect(commandLine('git', ['log --all'])).toBe('git "log --all"')
  expect(commandLine('git', ['', 'a\nb', 'a"b'])).toBe(String.raw`git "" "a\nb" "a\"b"`)
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b)
      expect(commandLine('x', a) === commandLine('x', b)).toBe(same)
    }),
  )
})
