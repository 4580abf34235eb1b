import { describe, expect, it } from 'vitest'
import { openHost } from './testing/host.ts'

const Demo = {
  name: 'Demo',
  version: '1.0.0',
  doc: 'For tests.',
  functions: {
    now: { doc: '', params: [{ name: 'value', schema: {} }] },
    later: { doc: '', params: [{ name: 'value', schema: {} }] },
  },
}
const functions = {
  'Demo.now': ({ args }: { args: readonly unknown[] }) => args[0] as never,
  'Demo.later': async ({ args }: { args: readonly unknown[] }) => args[0] as never,
}

describe('a session', () => {
  it('runs a chunk and gives its value', async () => {
    const host = await openHost()
    expect(await host.run('print("hello", 1 + 1) return { 1, 2, a }')).toEqual([1, 2])
    expect(host.output.join('')).toBe('hello\t2\n')
  })

  it('waits for a call of the host', async () => {
    const host = await openHost({ modules: [Demo], functions })
    const source = 'local a = Demo.now(1) local b = Demo.later({x=2}) return {a, b.x, pcall(Demo.later, 3)}'
    expect(await host.run(source)).toEqual([1, 2, true, 3])
  })
})
