import { describe, expect, test } from 'vitest'
import { Folder, llmspell } from '../cli/support.ts'
import { blocks, promised } from '../support/markdown.ts'

const PLUGINS = ['hook-cache', 'hook-rate-limit', 'hook-retry', 'hook-security']

describe.each(PLUGINS)('the example of %s', (name) => {
  test('does what it says, with the configuration that it shows', async () => {
    const page = `plugins/${name}/README.md`
    const [block] = blocks(page, 'lua')
    using folder = new Folder()
    folder.write('config.toml', blocks(page, 'toml')[0]!.text)
    folder.write('example.lua', block!.text)
    const flags = ['--config', 'config.toml', '--model', 'mock/demo', '-q']
    const { code, stdout } = await llmspell(['run', 'example.lua', ...flags], { cwd: folder.path })
    const printed = stdout.split('\n').map((line) => line.replaceAll(/\s+/g, ' ').trim())
    const wanted = promised(block!).map((line) => line.replaceAll(/\s+/g, ' ').trim())
    expect(code).toBe(0)
    expect(wanted.length).toBeGreaterThan(0)
    const lost = wanted.filter((line) => !printed.some((each) => each.startsWith(line)))
    expect(lost).toEqual([])
  })
})
