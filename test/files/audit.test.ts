import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Access, AuditLine } from '@llmspell/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filesWorld } from './support.ts'
import type { FilesWorld } from './support.ts'

let world: FilesWorld
beforeAll(async () => {
  world = await filesWorld({}, { audited: true })
  world.put('a.txt', 'a')
  world.put('.git/config')
  mkdirSync(join(world.root, 'sub'))
  for (let i = 0; i < 9; i++) world.put(`sub/${i}`)
  symlinkSync('a.txt', join(world.root, 'link.txt'))
  writeFileSync(join(world.outside, 'a.txt'), 'a')
  symlinkSync(join(world.outside, 'a.txt'), join(world.root, 'out.txt'))
})
afterAll(() => world[Symbol.asyncDispose]())

type Act = (access: Access) => Promise<unknown>

const open =
  (path: string): Act =>
  async (access) => {
    await using file = await world.files.open(path, access)
    return Array.fromAsync(file.read())
  }
const write =
  (path: string, mode: 'replace' | 'append' | 'create' = 'replace'): Act =>
  async (access) => {
    await using file = await world.files.write(path, access, { mode, parents: true })
    await file.write(Buffer.from('x'))
    return file.commit()
  }
const list =
  (path: string): Act =>
  (access) =>
    Array.fromAsync(world.files.list(path, access, { depth: 5 }))
const stat =
  (path: string): Act =>
  (access) =>
    world.files.stat(path, access)

/** The lines that an act leaves, whether it was allowed or not. */
async function linesOf(act: Act, allow: readonly string[]): Promise<readonly AuditLine[]> {
  const before = (await Array.fromAsync(world.audit.lines())).length
  await act(world.access({ read: allow, write: allow })).catch(() => undefined)
  return (await Array.fromAsync(world.audit.lines())).slice(before)
}

test.each<[string, Act, string, string]>([
  ['an open file', open('a.txt'), 'a.txt', 'read'],
  ['a file behind a link', open('link.txt'), 'a.txt', 'read'],
  ['a file that is not there', open('none.txt'), 'none.txt', 'read'],
  ['a folder that is listed', list('.'), '', 'read'],
  ['facts', stat('a.txt'), 'a.txt', 'read'],
  ['a replaced file', write('a.txt'), 'a.txt', 'write'],
  ['an appended file', write('a.txt', 'append'), 'a.txt', 'write'],
  ['a file that exists', write('a.txt', 'create'), 'a.txt', 'write'],
  ['a file with its folders', write('made/here/b.txt'), 'made/here/b.txt', 'write'],
])('%s is one allowed line', async (_name, act, target, permission) => {
  expect(await linesOf(act, ['.'])).toMatchObject([
    { outcome: 'allowed', permission, target: join(world.root, target) },
  ])
})

test.each<[string, Act]>([
  ['a file', open('a.txt')],
  ['a listing', list('.')],
  ['facts', stat('a.txt')],
  ['a write', write('a.txt')],
  ['a path outside', write('../outside/b.txt')],
])('%s without a grant is one denied line', async (_name, act) => {
  expect(await linesOf(act, [])).toMatchObject([{ outcome: 'denied' }])
})

test('what a link hides and what is protected are one denied line too', async () => {
  expect(await linesOf(open('out.txt'), ['.'])).toMatchObject([
    { outcome: 'denied', target: join(world.outside, 'a.txt') },
  ])
  expect(await linesOf(write('.git/config'), ['.'])).toMatchObject([
    { outcome: 'denied', by: 'files: protected .git' },
  ])
})

test('a name that is refused before anything is asked leaves none', async () => {
  expect(await linesOf(open('a\0b'), ['.'])).toEqual([])
})
