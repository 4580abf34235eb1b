import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ArtifactInfo, RunRequest } from '@llmspell/sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GROUND, sourceHouse } from '../tools/house.ts'
import type { SourceHouse } from '../tools/house.ts'
import { probeTools } from '../tools/probe.ts'

const MIB = 1024 * 1024
const PLUGINS = [...GROUND, 'engine-lua', 'engine-javascript']

let house: SourceHouse
let folder = ''
let root = ''

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'artifacts-')), 'store')
  root = mkdtempSync(join(tmpdir(), 'artifacts-root-'))
  house = await sourceHouse(PLUGINS, [probeTools().plugin], { plugins: { artifacts: { folder } } })
})
afterEach(async () => {
  await house[Symbol.asyncDispose]()
  rmSync(join(folder, '..'), { recursive: true, force: true })
  rmSync(root, { recursive: true, force: true })
})

const value = async (text: string, options: Partial<RunRequest> = {}): Promise<unknown> =>
  (await house.lua(text, { root, ...options })).value
const code = async (text: string, options: Partial<RunRequest> = {}): Promise<unknown> =>
  value(text, options).catch((error: { code: string }) => error.code)

describe('what a script keeps', () => {
  test('comes back as it was, in Lua', async () => {
    const text = `
      local out = {}
      for i, content in ipairs{ "text", { a = { 1, 2 } }, 7 } do
        local kept = Artifact.save{ name = "n" .. i, content = content, type = "any", tags = { "x" } }
        local got = Artifact.get(kept.id)
        out[i] = { kept.mime, got.content, got.metadata.type, got.metadata.tags[1], #kept.content_hash }
      end
      return out`
    expect(await value(text)).toEqual([
      ['text/plain', 'text', 'any', 'x', 64],
      ['application/json', { a: [1, 2] }, 'any', 'x', 64],
      ['application/json', 7, 'any', 'x', 64],
    ])
  })

  test('comes back as it was, bytes too, in JavaScript', async () => {
    const text = `
      const kept = await Artifact.save({ name: 'b', content: new Uint8Array([0, 255, 7]) })
      const { content } = await Artifact.get(kept.id)
      const parts = []
      for await (const chunk of Artifact.stream(kept.id)) parts.push(...chunk.data)
      return [kept.mime, [...content], parts, kept.contentHash.length, (await Artifact.list()).length]`
    const { value: found } = await house.javascript(text, { root })
    expect(found).toEqual(['application/octet-stream', [0, 255, 7], [0, 255, 7], 64, 1])
  })

  test('is exported under the permission to write, and never over a file', async () => {
    const text = `
      local kept = Artifact.save{ name = "n", content = "roses" }
      return Artifact.export(kept.id, "out.txt")`
    expect(await code(text)).toBe('PERMISSION_DENIED')
    expect(existsSync(join(root, 'out.txt'))).toBe(false)
    const allow = { write: ['.'] }
    expect(await value(text, { allow })).toBe('out.txt')
    expect(readFileSync(join(root, 'out.txt'), 'utf8')).toBe('roses')
    expect(await code(text, { allow })).toBe('FILE_EXISTS')
  })

  test('that is damaged is told, and not read', async () => {
    const kept = (await value(
      'return Artifact.save{ name = "n", content = "roses" }',
    )) as ArtifactInfo
    const hash = kept.id.slice('sha256-'.length)
    writeFileSync(join(folder, hash.slice(0, 2), hash), 'rosen')
    const allow = { read: [folder] }
    expect(await code(`return Artifact.get("${kept.id}").content`, { allow })).toBe(
      'ARTIFACT_DAMAGED',
    )
  })
})

test('what a run hides is hidden in what it keeps', async () => {
  const variable = 'SPELL_KEPT_KEY'
  process.env[variable] = 'a key that nobody may see'
  const plugins = { artifacts: { folder } }
  const own = await sourceHouse([...PLUGINS, 'secrets', 'tool-hash'], [], { plugins })
  const text = `Tool.hash{ text = "x", key = "env:${variable}" }
    return Artifact.save{ name = "n", content = { said = "a key" .. " that nobody may see" } }.id`
  const { value: id } = await own.lua(text, { root, allow: { secret: [`env:${variable}`] } })
  const pieces = await Array.fromAsync((await own.kernel.use('artifacts')).read(id as string))
  expect(Buffer.concat(pieces).toString()).toBe(`{"said":"secret:env:${variable}"}`)
  await own[Symbol.asyncDispose]()
  delete process.env[variable]
})

describe('what another run has kept', () => {
  let id = ''
  beforeEach(async () => {
    id = (await value('return Artifact.save{ name = "n", content = "roses" }.id')) as string
  })

  test('is neither seen, read nor deleted without a grant for it', async () => {
    expect(await value('return #Artifact.list()')).toBe(0)
    for (const fn of ['get', 'stream', 'delete'])
      expect(await code(`return Artifact.${fn}("${id}")`)).toBe('PERMISSION_DENIED')
    expect(await code(`return Artifact.export("${id}", "x")`, { allow: { write: ['.'] } })).toBe(
      'PERMISSION_DENIED',
    )
  })

  test('is read where its folder is granted, and deleted where that may be written', async () => {
    const allow = { read: [folder] }
    expect(await value(`return Artifact.get("${id}").content`, { allow })).toBe('roses')
    expect(await value('return Artifact.list()[1].id', { allow })).toBe(id)
    expect(await code(`return Artifact.delete("${id}")`, { allow })).toBe('PERMISSION_DENIED')
    expect(await value(`return Artifact.delete("${id}")`, { allow: { write: [folder] } })).toBe(
      true,
    )
  })

  test('stays when somebody who has stored the same lets go', async () => {
    const text = `local k = Artifact.save{ name = "n", content = "roses" }
      return Artifact.delete(k.id)`
    expect(await value(text)).toBe(true)
    const artifacts = await house.kernel.use('artifacts')
    expect(await artifacts.info(id)).toMatchObject({ bytes: 5 })
  })

  test('marks who reads it, where it came from outside', async () => {
    const page = `Tool.page() return Artifact.save{ name = "n", content = "words of a page" }.id`
    const outside = (await value(page)) as string
    const artifacts = await house.kernel.use('artifacts')
    expect((await artifacts.info(outside)).metadata).toMatchObject({ untrusted: true })
    const again = `Artifact.get("${outside}")
      return Artifact.save{ name = "m", content = "what came of it" }.id`
    const derived = (await value(again, { allow: { read: [folder] } })) as string
    expect((await artifacts.info(derived)).metadata).toMatchObject({ untrusted: true })
  })
})

test('a large content is stored and read in flat memory', async () => {
  const artifacts = await house.kernel.use('artifacts')
  async function* parts(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 4096; i++) yield await Promise.resolve(new Uint8Array(64 * 1024).fill(i))
  }
  const before = process.memoryUsage().rss
  let most = before
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5)
  const { id, bytes } = await artifacts.save(parts(), { name: 'big', mime: 'x/y' })
  let read = 0
  for await (const piece of artifacts.read(id)) read += piece.byteLength
  clearInterval(watch)
  expect([bytes, read]).toEqual([256 * MIB, 256 * MIB])
  expect((most - before) / MIB).toBeLessThan(100)
})

test('without a folder nothing is left at the end', async () => {
  const there = (): string[] =>
    readdirSync(tmpdir()).filter((name) => name.startsWith('llmspell-artifacts-'))
  const before = there()
  const own = await sourceHouse(PLUGINS)
  await own.lua('Artifact.save{ name = "n", content = "roses" }')
  expect(there().length).toBe(before.length + 1)
  await own[Symbol.asyncDispose]()
  expect(there()).toEqual(before)
})

test('a folder that a plugin never needed is not made', () => {
  expect(existsSync(folder)).toBe(false)
})
