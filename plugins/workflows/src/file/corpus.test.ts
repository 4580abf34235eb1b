import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readWorkflowFile } from './workflow-file.ts'

interface Row {
  readonly name: string
  readonly text: string
  readonly kind: string
  readonly path: string
  /** Part of the hint. */
  readonly hint?: string
}

const file = new URL('../../../../test/corpus/workflow-file.json', import.meta.url)
const rows = JSON.parse(readFileSync(file, 'utf8')) as Row[]
const tools = ['calculator', 'file-read', 'json']

describe('bad workflow files', () => {
  it.each(rows.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    const { problems } = await readWorkflowFile(row.text, 'x.yaml', { tools })
    const found = problems.find(({ kind, path }) => kind === row.kind && path === row.path)
    expect(found ?? problems).toMatchObject({ kind: row.kind, path: row.path })
    expect(found!.hint ?? '').toContain(row.hint ?? '')
    expect(found!.message).toMatch(/^.{10,}\.$/su)
  })

  it('are all told apart', () => {
    expect(rows.length).toBeGreaterThan(80)
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
  })
})
