import type { CallContext } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { hostPlugin, inRun } from '../support/host.ts'
import { ALL, openHouse } from '../support/kernel.ts'

const allow = { read: ['.'], net: ['*'], env: ['LANG'], write: ['./out'] }
const AGENT = { actor: { kind: 'agent', name: 'poet' } }

async function came(
  context: CallContext,
  what: readonly string[],
  agent: boolean,
): Promise<string> {
  try {
    await context.call('Permission', 'require', [...what, 'A test'], agent ? AGENT : {})
    return 'allowed'
  } catch (error) {
    return (error as Error).message
  }
}

test('what a run has seen follows it through scripts and agents, and dies with it', async () => {
  await using house = await openHouse(ALL, [hostPlugin])
  const seen = await inRun(
    house,
    async (context) => [
      await came(context, ['read', 'a.txt'], false),
      await came(context, ['net', 'https://a.org'], true),
      await came(context, ['net', 'https://a.org'], true),
      await came(context, ['write', 'out/x'], true),
      await came(context, ['env', 'LANG'], true),
      await came(context, ['net', 'https://a.org'], false),
    ],
    { allow },
  )
  const no = 'the run has seen private data and text from outside'
  expect(seen).toEqual([
    'allowed',
    'allowed',
    expect.stringContaining(no),
    expect.stringContaining(no),
    'allowed',
    'allowed',
  ])
  const fresh = await inRun(house, (context) => came(context, ['net', 'https://a.org'], true), {
    allow,
  })
  expect(fresh).toBe('allowed')
})

test('a person is asked with the reason, and mix grants it beforehand', async () => {
  await using house = await openHouse(ALL, [hostPlugin])
  const asked: unknown[] = []
  const steps = async (context: CallContext): Promise<string[]> => [
    await came(context, ['read', 'a.txt'], false),
    await came(context, ['net', 'https://a.org'], true),
    await came(context, ['net', 'https://b.org'], true),
  ]
  const ask = (question: unknown): Promise<'once'> => {
    asked.push(question)
    return Promise.resolve('once')
  }
  expect(await inRun(house, steps, { allow, ask })).toEqual(['allowed', 'allowed', 'allowed'])
  expect(asked).toMatchObject([
    {
      actors: ["agent 'poet'"],
      reason: expect.stringContaining('private data'),
      need: { permission: 'net' },
    },
  ])
  const mix = { ...allow, mix: ['b.org'] }
  expect(await inRun(house, steps, { allow: mix })).toEqual(['allowed', 'allowed', 'allowed'])
})

test('no run writes the files that decide over runs, whatever it was given', async () => {
  await using house = await openHouse(ALL, [hostPlugin], {
    plugins: {
      permissions: { user: '/etc/mine/policy.toml', state: '/var/mine', audit: '/tmp/none/audit' },
    },
  } as never)
  const all = { '*': ['*'], write: ['/'] }
  const results = await inRun(
    house,
    async (context) => {
      const targets = [
        '.llmspell/policy.toml',
        '/etc/mine/policy.toml',
        '/var/mine/trust.json',
        '/tmp/none/audit/x',
      ]
      const found: unknown[] = []
      for (const target of targets)
        found.push(await context.call('Permission', 'can', ['write', target]))
      return [...found, await context.call('Permission', 'can', ['write', 'other.txt'])]
    },
    { allow: all },
  )
  expect(results).toEqual([false, false, false, false, true])
})
