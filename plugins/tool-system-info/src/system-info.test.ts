import { SpellError } from '@llmspell/sdk'
import type { PermissionNeed, Permissions } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import { hostname, totalmem, type } from 'node:os'
import { beforeAll, expect, test } from 'vitest'
import type { ToolBench } from '@llmspell/sdk/testing'
import plugin from './index.ts'

const granted = new Set<string>()
const needs: PermissionNeed[] = []
let strict = false
const permissions: Permissions = {
  decide: ({ target }) =>
    granted.has(target)
      ? { allowed: true, rule: `sys=${target}`, holder: 'command line' }
      : { allowed: false, holder: 'command line', reason: 'no', hint: 'Add it' },
  require: (need) => {
    needs.push(need)
    const isDenied = strict && !granted.has(need.target)
    return isDenied ? Promise.reject(new SpellError('PERMISSION_DENIED', 'No.')) : Promise.resolve()
  },
  mark: () => undefined,
  labels: () => new Set(),
}
const options = {
  package: new URL('../', import.meta.url),
  plugin,
  name: 'system-info',
  services: { permissions },
}

toolSuite(options)

let bench: ToolBench
beforeAll(async () => {
  bench = await toolBench(options)
})

const ALL = ['os', 'cpu', 'memory', 'disk', 'time', 'user', 'host', 'folder', 'runtime']

test('it tells what the system tells', async () => {
  const { result, text } = await bench.run({ sections: ALL }, { root: '/tmp' })
  expect(result).toMatchObject({
    os: { name: type(), platform: process.platform },
    memory: { total_bytes: totalmem() },
    host: { name: hostname() },
    folder: { path: '/tmp' },
    runtime: { node: process.versions.node },
    user: { id: process.getuid?.() ?? null },
  })
  expect(text).toContain(`os.name: ${type()}\n`)
  const { time, disk } = result as { time: { now: string }; disk: { total_bytes: number } }
  expect(Math.abs(Date.parse(time.now) - Date.now())).toBeLessThan(5000)
  expect(disk.total_bytes).toBeGreaterThan(1 << 20)
})

test('the default tells nothing of people and places', async () => {
  const { result } = await bench.run({})
  expect(Object.keys(result as object)).toEqual(['os', 'cpu', 'memory', 'runtime'])
})

test('a section that is missing is asked for before any other is used', async () => {
  granted.add('os').add('cpu')
  needs.length = 0
  strict = true
  const failing = bench.run({ sections: ['os', 'host', 'cpu', 'user'] })
  await expect(failing).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  const user = { permission: 'sys', target: 'user' }
  expect(needs).toEqual([{ permission: 'sys', target: 'host', also: [user] }])
  needs.length = 0
  await bench.run({ sections: ['os', 'cpu'] })
  strict = false
  expect(needs.map(({ target, also }) => [target, also])).toEqual([
    ['os', []],
    ['cpu', []],
  ])
})
