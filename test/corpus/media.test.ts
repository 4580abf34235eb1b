import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kernel } from '@llmspell/kernel'
import type { ScriptRuntime, ToolResult } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mediaKernel } from '../media/support.ts'
import { MAKERS } from './media-bytes.ts'

interface Row {
  readonly id: string
  readonly tool: 'image' | 'ocr'
  readonly make: readonly [string, ...(string | number)[]]
  readonly expect: string
  readonly ms: number
  readonly hidden?: string
  readonly operation?: string
}

const { rows } = JSON.parse(readFileSync(new URL('media.json', import.meta.url), 'utf8')) as {
  rows: Row[]
}

let kernel: Kernel
let runtime: ScriptRuntime
let root = ''
beforeAll(async () => {
  kernel = await mediaKernel()
  runtime = await kernel.use('script-runtime')
  root = mkdtempSync(join(tmpdir(), 'media-'))
})
afterAll(async () => {
  await kernel.stop()
  rmSync(root, { recursive: true, force: true })
})

async function call({
  tool,
  operation = 'info',
  make: [kind, ...args],
}: Row): Promise<[ToolResult, number]> {
  const maker = MAKERS[kind] as (...given: unknown[]) => Uint8Array | Promise<Uint8Array>
  writeFileSync(join(root, 'given.png'), await maker(...args))
  const format = operation === 'info' ? {} : { format: 'gif' }
  const params = tool === 'image' ? { operation, ...format } : {}
  const door = runtime.open({ root, allow: { read: ['.'] } })
  const started = performance.now()
  try {
    const given = [tool, { path: 'given.png', ...params }]
    const result = (await door.call('Tool', 'execute', given)) as ToolResult
    return [result, performance.now() - started]
  } finally {
    await door.close()
  }
}

describe('hostile images', () => {
  beforeAll(async () => {
    // The first call loads the plugin, which is not what the rows measure.
    await call(rows[0]!)
    await call(rows.find((row) => row.tool === 'ocr')!)
  })

  test.each(
    rows.map(
      (row) => [`${row.id}: ${row.tool} of ${row.make.join(' ').slice(0, 40)}`, row] as const,
    ),
  )('%s', async (_name, row) => {
    const before = process.memoryUsage.rss()
    const [result, ms] = await call(row)
    expect(result.success ? 'ok' : (result.error as { code: string }).code).toBe(row.expect)
    // A machine that is busy may be slow; what a bomb would cost is more than a second.
    expect(ms).toBeLessThan(row.ms + 1000)
    expect(process.memoryUsage.rss() - before).toBeLessThan(256 * 2 ** 20)
    expect(JSON.stringify(result)).not.toContain(row.hidden ?? 'never')
    expect(result.metadata.untrusted ?? false).toBe(row.tool === 'ocr')
  })
})
