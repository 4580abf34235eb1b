import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../support/root.ts'

test('the example of the README runs', async () => {
  const page = readFileSync(join(ROOT, 'plugins/journal/README.md'), 'utf8')
  const source = /```ts\n(.*?)```/s.exec(page)?.[1] ?? ''
  const named = source.replace('`@llmspell/${name}`', '`${process.cwd()}/plugins/${name}`')
  const folder = join(ROOT, '.cache', 'journal-readme')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `example-${process.pid}.ts`)
  writeFileSync(file, named)
  try {
    const { outcome } = (await import(file)) as { outcome: unknown }
    expect(outcome).toEqual({ status: 'succeeded', value: 'Hello Ann: hi' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
