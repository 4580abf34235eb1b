import { readFileSync } from 'node:fs'
import type { Manifest } from '@llmspell/sdk'
import { testHost } from '@llmspell/sdk/testing'
import { expect, it } from 'vitest'
import plugin from './index.ts'
import { FakeRun } from './testing/fake-run.ts'
import { compile } from './testing/schemas.ts'

const pack = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly llmspell: Manifest
}

it('registers what its manifest says, and the service sees the agents of a run', async () => {
  const services = {
    tools: { list: () => [], describe: () => undefined as never, register: () => () => undefined },
    schemas: { compile: async (schema: object) => compile(schema) },
  }
  const host = await testHost(plugin, { manifest: pack.llmspell, services })
  const run = new FakeRun()
  const poet = await run.create({ name: 'poet' })
  const agents = host.service('agents')
  expect(agents.list(run.context)).toEqual([
    { name: 'poet', description: '', model: 'fake/demo', tools: [] },
  ])
  expect(agents.get('poet', run.context)).toBe(poet)
  expect(() => agents.get('poets', run.context)).toThrow(
    expect.objectContaining({ code: 'AGENT_NOT_FOUND', hint: "Did you mean 'poet'?" }),
  )
  await host.dispose()
})
