import { parse } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { ALL, openHouse } from '../support/kernel.ts'
import { blocks, promised } from '../support/markdown.ts'

const PLUGINS = ['hook-cache', 'hook-rate-limit', 'hook-retry', 'hook-security']

describe.each(PLUGINS)('the example of %s', (name) => {
  test('does what it says, with the configuration that it shows', async () => {
    const page = `plugins/${name}/README.md`
    const config = parse(blocks(page, 'toml')[0]!.text) as object
    const [block] = blocks(page, 'lua')
    await using house = await openHouse([...ALL, name], [], config)
    const { output } = await house.lua(block!.text, { settings: { model: 'mock/demo' } })
    const printed = output.split('\n').map((line) => line.replaceAll(/\s+/g, ' ').trim())
    const lines = promised(block!)
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      const wanted = line.replaceAll(/\s+/g, ' ').trim()
      expect(printed.some((each) => each.startsWith(wanted))).toBe(true)
    }
  })
})
