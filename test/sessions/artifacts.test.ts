import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunRequest } from '@llmspell/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ran } from '../state-module/house.ts'
import { ALL, openHouse } from '../support/kernel.ts'
import type { House } from '../support/kernel.ts'

const MIB = 1024 * 1024
const FULL = process.env['LLMSPELL_TEST_FULL'] === '1'
let house: House
let root = ''
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'session-artifacts-'))
  const artifacts = { folder: join(root, 'store') }
  house = await openHouse([...ALL, 'engine-javascript'], [], {
    plugins: { artifacts, state: { store: 'memory' } },
  })
})
afterAll(async () => {
  await house.kernel.stop()
  rmSync(root, { recursive: true, force: true })
})

const value = async (source: string, options: Partial<RunRequest> = {}): Promise<unknown> => {
  const came = await ran(house, 'lua', source, { root, ...options })
  return came.code ?? came.value
}
const session = async (): Promise<string> => (await value('return Session.create().id')) as string

test('what is listed is got in every other run', async () => {
  const id = await session()
  await value(`for i = 1, 5 do Artifact.store('${id}', 'any', 'n' .. i, 'content ' .. (i % 3)) end`)
  const source = `
    local out = {}
    for i, row in ipairs(Artifact.list('${id}')) do
      out[i] = { row.sequence, row.name, Artifact.get(row.id).content == Artifact.get('${id}', row.id).content }
    end
    return out`
  expect(await value(source)).toEqual([1, 2, 3, 4, 5].map((i) => [i, `n${i}`, true]))
})

test('two runs at once never take the same number', async () => {
  const id = await session()
  const one = (who: number): Promise<unknown> =>
    value(`for i = 1, 8 do Artifact.store('${id}', 'any', '${who}.' .. i, '${who}.' .. i) end`)
  await Promise.all([1, 2, 3].map(one))
  const rows = (await value(`return Artifact.list('${id}')`)) as { sequence: number }[]
  expect(rows.map((row) => row.sequence)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1))
})

test('the same content in two sessions stays until both let go', async () => {
  const [a, b] = [await session(), await session()]
  const kept = (await value(`
    Artifact.store('${a}', 'any', 'of a', 'same')
    return Artifact.store('${b}', 'any', 'of b', 'same')`)) as { id: string }
  expect(await value(`return Session.delete('${a}')`)).toBe(true)
  expect(await value(`return Artifact.get('${b}', '${kept.id}').metadata.name`)).toBe('of b')
  expect(await value(`return Session.delete('${b}')`)).toBe(true)
  expect(await value(`return Artifact.get('${kept.id}')`)).toBe('ARTIFACT_NOT_FOUND')
})

test.each(['Artifact.list(ID)', 'Artifact.get(ID, KEPT)', 'Artifact.query{ session_id = ID }'])(
  'a script that is denied a session may not %s',
  async (call) => {
    const id = await session()
    const { id: kept } = (await value(
      `return Artifact.store('${id}', 'any', 'n', 'private to ' .. '${id}')`,
    )) as { id: string }
    const source = `return ${call.replace('ID', `'${id}'`).replace('KEPT', `'${kept}'`)}`
    const deny = { state: [`session:${id}`] }
    expect(await value(source, { deny })).toBe('PERMISSION_DENIED')
    expect(await value(`return Artifact.get('${kept}')`, { deny })).toBe('PERMISSION_DENIED')
    const all = (await value(`return Artifact.list()`, { deny })) as { id: string }[]
    expect(all.map((row) => row.id)).not.toContain(kept)
    expect(await value(source)).not.toBe('PERMISSION_DENIED')
  },
)

test('to change what a session holds can be denied alone', async () => {
  const id = await session()
  const { id: kept } = (await value(`return Artifact.store('${id}', 'any', 'n', 'x1')`)) as {
    id: string
  }
  const deny = { 'state-write': [`session:${id}`] }
  for (const call of [
    `Artifact.store('${id}', 'any', 'n', 'y')`,
    `Artifact.save{ name = 'n', content = 'y', session = '${id}' }`,
    `Artifact.delete('${id}', '${kept}')`,
    `Artifact.delete('${kept}')`,
  ])
    expect(await value(call, { deny })).toBe('PERMISSION_DENIED')
  expect(await value(`return Artifact.get('${id}', '${kept}').content`, { deny })).toBe('x1')
})

test.each(['../x', '..', 'a/b', 'session:x', '/etc/passwd', 'x'.repeat(200)])(
  'the session %j leads nowhere',
  async (id) => {
    for (const call of [`Artifact.list('${id}')`, `Artifact.store('${id}', 'any', 'n', 'x')`])
      expect(await value(call)).toBe('SESSION_ID_INVALID')
  },
)

test('a name is only a name', async () => {
  const id = await session()
  for (const name of ['../../evil', '/etc/passwd', 'a\\\\b', '..'])
    await value(`Artifact.store('${id}', 'any', '${name}', '${name}')`)
  expect(readdirSync(root)).toEqual(['store'])
  expect(await value(`return #Artifact.list('${id}')`)).toBe(4)
})

test('a file is stored under the permission to read it', async () => {
  writeFileSync(join(root, 'in.bin'), new Uint8Array([0, 255, 7]))
  const id = await session()
  const source = `return Artifact.store_file('${id}', 'in.bin', 'user_input', { a = 1 })`
  expect(await value(source)).toBe('PERMISSION_DENIED')
  expect(await value(source, { allow: { read: ['in.bin'] } })).toMatchObject({
    name: 'in.bin',
    bytes: 3,
    sequence: 1,
    type: 'user_input',
    metadata: { a: 1 },
  })
  rmSync(join(root, 'in.bin'))
})

test.runIf(FULL)('100 MiB are stored from a file and read again in flat memory', async () => {
  writeFileSync(join(root, 'large.bin'), new Uint8Array(100 * MIB).fill(7))
  const id = await session()
  const before = process.memoryUsage().rss
  const source = `
    local kept = Artifact.store_file('${id}', 'large.bin', 'user_input')
    local bytes = 0
    for chunk in Artifact.stream(kept) do bytes = bytes + #chunk.data end
    return bytes`
  expect(await value(source, { allow: { read: ['.'] } })).toBe(100 * MIB)
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * MIB)
  rmSync(join(root, 'large.bin'))
})
