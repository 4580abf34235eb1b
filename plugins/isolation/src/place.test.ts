import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { placeOf } from './place.ts'

let home = ''
beforeEach(() => void (home = realpathSync(mkdtempSync(join(tmpdir(), 'llmspell-place-')))))
afterEach(() => rmSync(home, { recursive: true }))

function folder(path: string, dependencies: object = {}, more: object = {}): string {
  const at = join(home, path)
  mkdirSync(at, { recursive: true })
  writeFileSync(join(at, 'package.json'), JSON.stringify({ dependencies, ...more }))
  return at
}

test('is the own folder and what it depends on, however far, and nothing beside it', () => {
  const own = folder(
    'node_modules/own',
    { near: '*', absent: '*' },
    { peerDependencies: { far: '*' } },
  )
  folder('node_modules/own/node_modules/near', { deep: '*' })
  const far = folder('node_modules/far')
  const deep = folder('node_modules/deep', { own: '*' })
  folder('node_modules/other-plugin')
  expect(placeOf(own)).toEqual({ folders: [own, far, deep], links: {} })
})

test('names links, and the folders behind them', () => {
  const real = folder('work/sdk')
  const own = folder('node_modules/own', { '@x/sdk': '*' })
  mkdirSync(join(home, 'node_modules/@x'))
  symlinkSync(real, join(home, 'node_modules/@x/sdk'))
  const links = { [join(home, 'node_modules/@x/sdk')]: real }
  expect(placeOf(own)).toEqual({ folders: [own, real], links })
})

test.each(['../other', '..', '@x/../../other', '/etc', 'a/b', '.', ''])(
  'takes %j for no name of a package',
  (name) => {
    folder('other')
    const own = folder('node_modules/own', { [name]: '*' })
    expect(placeOf(own).folders).toEqual([own])
  },
)

test('ends at the project that it was installed into, and follows no link out of it', () => {
  const own = folder('project/node_modules/own', { above: '*', linked: '*', near: '*', deep: '*' })
  folder('node_modules/above')
  const near = folder('project/node_modules/near', { above: '*' })
  folder('node_modules/deep')
  symlinkSync(folder('private'), join(home, 'project/node_modules/linked'))
  expect(placeOf(own, join(home, 'project'))).toEqual({ folders: [own, near], links: {} })
  expect(placeOf(own).folders).toContain(join(home, 'private'))
})

test('looks into nothing above a plugin that lies outside of its project', () => {
  const own = folder('elsewhere/own', { above: '*' })
  folder('node_modules/above')
  folder('project')
  expect(placeOf(own, join(home, 'project')).folders).toEqual([own])
})

test('does without a package.json that is none', () => {
  const own = folder('own')
  writeFileSync(join(own, 'package.json'), '[1')
  expect(placeOf(own).folders).toEqual([own])
})
