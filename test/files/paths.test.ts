import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Access } from '@llmspell/sdk'
import { isSpellError } from '@llmspell/sdk'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filesWorld } from './support.ts'
import type { FilesWorld } from './support.ts'
import { treeOf } from './tree.ts'

const PATHS = process.env['LLMSPELL_TEST_FULL'] === '1' ? 1_000_000 : 20_000
type Operation = 'open' | 'stat' | 'list' | 'replace' | 'append' | 'create'
/** Looking is cheap and writing is dear: both see every kind of path. */
const OPERATIONS = 'open stat open stat open stat list replace append create'.split(
  ' ',
) as Operation[]

let world: FilesWorld
let access: Access
let before: readonly string[]

beforeAll(async () => {
  world = await filesWorld({ maxEntries: 200 })
  access = world.access({ read: ['.'], write: ['.'] })
  world.put('a', 'inside')
  world.put('b/a', 'inside')
  writeFileSync(join(world.outside, 'a'), 'secret')
  mkdirSync(join(world.outside, 'b'))
  symlinkSync(world.outside, join(world.root, 'c'))
  symlinkSync(join(world.outside, 'a'), join(world.root, 'd'))
  symlinkSync('..', join(world.root, 'b', 'c'))
  symlinkSync('/', join(world.root, 'b', 'd'))
  before = [...treeOf(world.outside), ...readdirSync(world.base)]
})
afterAll(() => world[Symbol.asyncDispose]())

const PIECES =
  'a b c d e . .. ... ~ outside root proc self etc %2e%2e ..%2f ．． ..\\ \\ C: é e\u0301 \u202e ' +
  '\u200b CON a. passwd tmp fd 3 {base} .env .git hooks \0'
const piece = fc.constantFrom('', 'x y', 'a ', ...PIECES.split(' '))
const separator = fc.constantFrom('/', '/', '/', '//', '/./', '\\')
const path = fc
  .array(fc.tuple(piece, separator), { minLength: 1, maxLength: 7 })
  .map((parts) =>
    parts.map(([name, end], i) => (i < parts.length - 1 ? name + end : name)).join(''),
  )
const rooted = fc.tuple(
  fc.constantFrom('', '', '', '/', './', '../', '{base}/outside/', '{base}/root/'),
  path,
)

async function act(operation: Operation, name: string): Promise<string> {
  const { files } = world
  if (operation === 'stat') return (await files.stat(name, access)).place
  if (operation === 'list') {
    const places = await Array.fromAsync(files.list(name, access, { depth: 1 }))
    return places.map(({ place }) => place).join('\n')
  }
  if (operation === 'open') {
    await using file = await files.open(name, access)
    return Buffer.concat(await Array.fromAsync(file.read())).toString()
  }
  await using file = await files.write(name, access, {
    mode: operation,
    parents: name.length % 7 > 5,
  })
  await file.write(Buffer.from('x'))
  // Most are given up, so that the folder stays small.
  if (name.length % 29 === 0) await file.commit()
  return ''
}

/** Only our own refusals, and nothing that shows another place than the root. */
async function check(operation: Operation, name: string): Promise<void> {
  try {
    const found = await act(operation, name)
    const places = found.split('\n').filter((line) => line.startsWith('/'))
    const foreign = places.filter(
      (line) => line !== world.root && !line.startsWith(`${world.root}/`),
    )
    if (found.includes('secret') || foreign.length > 0)
      throw new Error(`${operation} gave ${found}`)
  } catch (error) {
    if (!isSpellError(error)) throw error
  }
}

test(`${PATHS} generated paths lead nowhere else`, { timeout: 600_000 }, async () => {
  const names = fc.array(rooted, { minLength: 100, maxLength: 100 })
  let done = 0
  await fc.assert(
    fc.asyncProperty(names, async (batch) => {
      const work = batch.map(([start, rest], i) =>
        check(OPERATIONS[i % OPERATIONS.length]!, (start + rest).replaceAll('{base}', world.base)),
      )
      await Promise.all(work)
      done += batch.length
    }),
    { numRuns: PATHS / 100, endOnFailure: true },
  )
  expect(done).toBe(PATHS)
  expect([...treeOf(world.outside), ...readdirSync(world.base)]).toEqual(before)
})
