import { createHash } from 'node:crypto'
import type { ArtifactInfo, ToolResult } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GROUND, sourceHouse } from './house.ts'
import type { SourceHouse } from './house.ts'
import { probeTools } from './probe.ts'

let house: SourceHouse
beforeAll(async () => {
  const engines = ['engine-lua', 'engine-javascript']
  house = await sourceHouse([...GROUND, ...engines], [probeTools().plugin])
})
afterAll(() => house[Symbol.asyncDispose]())

async function execute(name: string, params: object): Promise<ToolResult> {
  const run = house.runtime.open()
  const result = (await run.call('Tool', 'execute', [name, params as never])) as ToolResult
  await run.close()
  return result
}

async function stored({ id }: ArtifactInfo): Promise<string> {
  const artifacts = await house.kernel.use('artifacts')
  const pieces: Uint8Array[] = []
  for await (const piece of artifacts.read(id)) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

describe('a result that is too large for one call', () => {
  test('of text is cut, and the whole text is an artifact', async () => {
    const { text, result, metadata } = await execute('size', { bytes: 3_000_000 })
    const whole = 'é'.repeat(1_500_000)
    const hash = createHash('sha256').update(whole).digest('hex')
    expect(metadata.artifact).toMatchObject({
      id: `sha256-${hash}`,
      mime: 'text/plain',
      bytes: 3_000_000,
      run: metadata.run_id,
      metadata: { type: 'tool_result', tool: 'size' },
    })
    expect(result).toBe(text)
    expect(text.length).toBeGreaterThan(250_000)
    expect(whole.startsWith(text)).toBe(true)
    expect(await stored(metadata.artifact!)).toBe(whole)
  })

  test('of rows keeps its shape with fewer of them, each whole', async () => {
    const { data, metadata } = await execute('rows', { count: 20_000 })
    const { rows } = data as { readonly rows: readonly string[] }
    expect(rows.length).toBeGreaterThan(5000)
    expect(rows.at(-1)).toBe(`A row of the table, number ${rows.length - 1}`)
    const { rows: all } = JSON.parse(await stored(metadata.artifact!)) as { rows: string[] }
    expect(all).toHaveLength(20_000)
  })

  test('with one long text keeps that text itself', async () => {
    const { data, metadata } = await execute('letter', { bytes: 2_000_000 })
    expect((data as { readonly title: string }).title).toBe('Lamps')
    expect(metadata.artifact).toMatchObject({
      mime: 'text/plain',
      bytes: 2_000_000,
      metadata: { field: 'body' },
    })
    expect(await stored(metadata.artifact!)).toBe('x'.repeat(2_000_000))
  })

  test('that has no part of its shape says only where it is', async () => {
    const { result, metadata } = await execute('keys', { count: 30_000 })
    const { artifact } = metadata
    expect(result).toEqual({ truncated: true, bytes: artifact!.bytes, artifact })
    expect(JSON.parse(await stored(artifact!))).toHaveProperty('a-key-of-many-29999', 29_999)
  })

  test('is whole where it fits', async () => {
    const { text, metadata } = await execute('size', { bytes: 600_000 })
    expect(text).toHaveLength(300_000)
    expect(metadata).not.toHaveProperty('artifact')
  })
})

const LUA = `
  local r = Tool.size{ bytes = 3000000 }
  local id, length, last = r.metadata.artifact.id, 0, nil
  for chunk in Artifact.stream(id) do length = length + utf8.len(chunk.text) end
  local ok, err = pcall(Artifact.get, id)
  return { #r.text > 500000, length, ok, err.code, Artifact.list()[1].id == id, Artifact.delete(id) }`
const JAVASCRIPT = `
  const r = await Tool.size({ bytes: 3000000 })
  const { id } = r.metadata.artifact
  let length = 0
  for await (const chunk of Artifact.stream(id)) length += chunk.text.length
  let code = ''
  try { await Artifact.get(id) } catch (error) { code = error.code }
  return [r.text.length > 250000, length, code !== '', code, (await Artifact.list())[0].id === id,
    await Artifact.delete(id)]`

test.each([
  ['Lua', LUA, false],
  ['JavaScript', JAVASCRIPT, true],
])('a script in %s reads the whole of it', async (name, text, caught) => {
  const run = name === 'Lua' ? house.lua : house.javascript
  expect((await run(text)).value).toEqual([true, 1_500_000, caught, 'VALUE_TOO_LARGE', true, true])
})
