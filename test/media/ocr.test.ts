import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kernel } from '@llmspell/kernel'
import type { ToolResult, Value } from '@llmspell/sdk'
import { toolSuite } from '@llmspell/sdk/testing'
import ocr from '@llmspell/tool-ocr'
import { afterAll, describe, expect, test } from 'vitest'
import { MAKERS } from '../corpus/media-bytes.ts'
import { allOf, mediaKernel, packageOf } from './support.ts'

const folder = packageOf('tool-ocr')
const CONFIG = { maxPixels: 24_000_000, maxBytes: 33_554_432, idleMs: 500 }
const kernel: Kernel = await mediaKernel()
const runtime = await kernel.use('script-runtime')
const root = mkdtempSync(join(tmpdir(), 'ocr-'))
const suiteRoot = fileURLToPath(folder)

afterAll(async () => {
  await kernel.stop()
  rmSync(root, { recursive: true, force: true })
})

toolSuite({
  package: folder,
  plugin: ocr,
  name: 'ocr',
  services: { files: await kernel.use('files') },
  config: CONFIG,
  grants: allOf(suiteRoot),
  root: suiteRoot,
})

async function call(params: Record<string, Value>, options = {}): Promise<ToolResult> {
  const door = runtime.open({ root, allow: { read: ['.'] } })
  try {
    return (await door.call('Tool', 'execute', ['ocr', params, options])) as ToolResult
  } finally {
    await door.close()
  }
}

async function page(name: string, text: string): Promise<void> {
  const maker = MAKERS['page'] as (text: string) => Promise<Uint8Array>
  writeFileSync(join(root, name), await maker(text))
}

describe('a page', () => {
  test('is read, with the place of each line', async () => {
    await page('a.png', 'Three lamps, one kettle')
    const { result, text } = await call({ path: 'a.png', lines: true })
    expect(text).toBe('Three lamps, one kettle')
    expect(result).toMatchObject({ confidence: expect.any(Number), width: 620, height: 80 })
    expect((result as { lines: object[] }).lines).toHaveLength(1)
  })

  test('is read by several at once, each its own', async () => {
    await Promise.all([page('one.png', 'Number one'), page('two.png', 'Number two')])
    const results = await Promise.all([call({ path: 'one.png' }), call({ path: 'two.png' })])
    expect(results.map(({ text }) => text)).toEqual(['Number one', 'Number two'])
  })

  test('may come as base64', async () => {
    const base64 = readFileSync(new URL('test/fixtures/page.png', folder)).toString('base64')
    expect((await call({ base64 })).text).toBe('LAMPS AND KETTLES')
  })

  test('in a language without data says what to install', async () => {
    await page('b.png', 'Lampen')
    const error = await call({ path: 'b.png', languages: ['deu'] }).catch((e: unknown) => e)
    expect(error).toMatchObject({
      code: 'NOT_AVAILABLE',
      message: "Tool 'ocr' needs the language data of 'deu', which is not installed.",
      hint: 'Install it beside llmspell: npm install @tesseract.js-data/deu',
    })
  })

  test('that takes too long is given up, and the next one is read', async () => {
    await page('c.png', 'Again')
    const late = await call({ path: 'c.png' }, { timeout: 1 }).catch((e: unknown) => e)
    expect(late).toMatchObject({ code: 'TIMEOUT' })
    expect((await call({ path: 'c.png' })).text).toBe('Again')
  })

  test('is named once, by path or as base64', async () => {
    const error = await call({ path: 'a.png', base64: 'aaaa' }).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'INPUT_INVALID' })
  })
})
