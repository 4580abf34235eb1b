import { describe, expect, test } from 'vitest'
import { ALL, openHouse, type House } from '../support/kernel.ts'

const PLUGINS = ['hook-cache', 'hook-rate-limit', 'hook-retry', 'hook-security']

const used = ({ kernel }: House): string[] =>
  kernel.hooks.list().flatMap((point) => (point.used ? [point.name] : []))

describe.each(PLUGINS)('%s, installed and not enabled,', (name) => {
  test('is not loaded, and no point is used for it', async () => {
    await using house = await openHouse([...ALL, name])
    await using bare = await openHouse()
    await house.lua('return Tool.calculator{ expression = "1 + 1" }.result')
    await bare.lua('return Tool.calculator{ expression = "1 + 1" }.result')
    expect(used(house)).toEqual(used(bare))
    expect(house.kernel.list().find(({ id }) => id === name)?.state).toBe('resolved')
  })
})
