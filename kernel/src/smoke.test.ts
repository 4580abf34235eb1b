import { definePlugin, type Manifest } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { createKernel } from './index.ts'

test('end to end', async () => {
  const log: string[] = []
  const owner: Manifest = { manifest: 1, id: 'owner', main: './x.js', phase: 'core', provides: { thing: '1.0.0' }, requires: { hooks: '^1' },
    contributes: { points: { things: { type: 'object' } }, hookPoints: [{ name: 'thing.guard', kind: 'guard', doc: 'x' }] } }
  const user: Manifest = { manifest: 1, id: 'user', main: './x.js', phase: 'core', requires: { thing: '^1' }, contributes: { things: [{ name: 'a' }], hooks: ['thing.guard'] } }
  const kernel = createKernel({ plugins: [
    { manifest: user, plugin: definePlugin({ setup(ctx) { log.push('user', String(ctx.use('thing' as never))); ctx.contribute('things' as never, 'a', 42 as never); ctx.tap('thing.guard' as never, (() => ({ denied: true, reason: 'no' })) as never); ctx.defer(() => { log.push('bye') }) } }) },
    { manifest: owner, plugin: definePlugin({ setup(ctx) { log.push('owner'); ctx.provide('thing' as never, 'T' as never) } }) },
  ] })
  await kernel.start()
  expect(log).toEqual([])
  const point = kernel.hooks.point('thing.guard' as never) as any
  expect(point.used).toBe(true)
  expect(await point.call({})).toEqual({ denied: true, reason: 'no' })
  expect(await kernel.extensions.get('things' as never, 'a')).toBe(42)
  expect(log).toEqual(['owner', 'user', 'T'])
  console.log(JSON.stringify(kernel.report(), null, 1))
  expect(await kernel.stop()).toEqual([])
  expect(log.at(-1)).toBe('bye')
})
