import { SpellError } from '@llmspell/sdk'
import type { PermissionNeed, Permissions, RunFacts } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import type { ToolBench } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import plugin from './index.ts'
import { looksSecret } from './secret.ts'

let granted = new Set<string>()
let asked: string[] = []
const permissions: Permissions = {
  decide: ({ target }: PermissionNeed) =>
    granted.has(target)
      ? { allowed: true, rule: `env=${target}`, holder: 'command line' }
      : { allowed: false, holder: 'command line', reason: 'no', hint: 'Add it' },
  require({ target }) {
    asked.push(target)
    if (granted.has(target)) return Promise.resolve()
    return Promise.reject(new SpellError('PERMISSION_DENIED', `No ${target}.`))
  },
  mark: () => undefined,
  labels: () => new Set(),
}
const grants = [{ holder: 'command line', allow: { env: ['LANG'] } }]
const options = {
  package: new URL('../', import.meta.url),
  plugin,
  name: 'environment',
  services: { permissions },
  grants,
}

beforeEach(() => {
  granted = new Set(['LANG', 'SPELL_A', 'SPELL_API_KEY'])
  asked = []
})

toolSuite(options)

const OURS = { SPELL_A: 'a', SPELL_B: 'b', SPELL_API_KEY: 'canary' }
let bench: ToolBench
beforeAll(async () => {
  Object.assign(process.env, OURS)
  bench = await toolBench(options)
})
afterAll(() => {
  for (const name of Object.keys(OURS)) delete process.env[name]
})

function facts(actors: RunFacts['actors']): RunFacts {
  return {
    runId: 'r',
    seq: 0,
    actors,
    conceal() {},
    cancel() {},
    share: (_key, create) => create().value,
  }
}

async function read(input: object, run = facts([])): Promise<Record<string, unknown>[]> {
  const { result } = await bench.run(input as never, { run })
  return (result as { variables: Record<string, unknown>[] }).variables
}

test('a name outside the grant reads exactly like one that is not set', async () => {
  const [a, b, none] = await read({ names: ['SPELL_A', 'SPELL_B', 'SPELL_NONE'] })
  expect(a).toEqual({ name: 'SPELL_A', set: true, value: 'a', masked: false })
  expect({ ...b, name: '' }).toEqual({ ...none, name: '' })
  expect(asked).toEqual(['SPELL_A'])
})

test('where nothing covers any of the names, it is denied once', async () => {
  await expect(read({ names: ['SPELL_B', 'SPELL_NONE'] })).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  })
  expect(asked).toEqual(['SPELL_B'])
})

test('a listing has granted names alone, and asks for each', async () => {
  expect((await read({ prefix: 'SPELL_' })).map(({ name }) => name)).toEqual([
    'SPELL_A',
    'SPELL_API_KEY',
  ])
  expect(asked).toEqual(['SPELL_A', 'SPELL_API_KEY'])
})

test('a listing without any grant is denied once', async () => {
  granted.clear()
  await expect(
    bench.run({}, { grants: [{ holder: 'command line', allow: {} }] }),
  ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  expect(asked).toEqual(['*'])
})

describe('a name that looks like a secret', () => {
  test('is told to a script that names it', async () => {
    expect(await read({ names: ['SPELL_API_KEY'] })).toMatchObject([{ value: 'canary' }])
  })

  test.each([
    ['a listing', { prefix: 'SPELL_' }, []],
    ['a model', { names: ['SPELL_API_KEY'] }, [{ kind: 'agent', name: 'poet' }]],
    ['a listing of a model', {}, [{ kind: 'agent', name: 'poet' }]],
  ])('is masked in %s', async (_name, input, actors) => {
    const found = await bench.run(input, { run: facts(actors) })
    expect(JSON.stringify(found)).not.toContain('canary')
    expect(found.text).toContain('SPELL_API_KEY=***')
  })

  test('is known in any case, wherever the word stands', () => {
    const words = fc.constantFrom('key', 'TOKEN', 'Secret', 'pass', 'CREDENTIAL')
    fc.assert(
      fc.property(fc.string(), words, fc.string(), (a, word, b) => looksSecret(a + word + b)),
    )
    for (const name of ['X_DSN', 'DATABASE_URL', 'AWS_REGION', 'aws_x'])
      expect(looksSecret(name)).toBe(true)
    for (const name of ['LANG', 'PATH', 'TZ', 'DSN_X', 'HOME'])
      expect(looksSecret(name)).toBe(false)
  })
})

test.each(['__proto__', 'constructor', 'toString', 'spell_a', 'SPELL_A\0', 'SPELL_A=a', ''])(
  'the name %j is no variable',
  async (name) => {
    granted.add(name)
    expect(await read({ names: [name] })).toEqual([
      { name, set: false, value: null, masked: false },
    ])
  },
)

test('the environment is as it was', async () => {
  const before = JSON.stringify(process.env)
  await read({ names: ['SPELL_A', '__proto__'] })
  await read({})
  expect(JSON.stringify(process.env)).toBe(before)
})

test('names and a prefix do not go together', async () => {
  await expect(read({ names: ['LANG'], prefix: 'L' })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  })
})
