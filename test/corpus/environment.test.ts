import { readFileSync } from 'node:fs'
import type { CallContext, RunOptions, ToolResult } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostPlugin, inRun } from '../support/host.ts'
import { openHouse, type House } from '../support/kernel.ts'

interface Row {
  readonly id: string
  readonly names?: readonly string[]
  readonly prefix?: string
  readonly env?: readonly string[]
  readonly deny?: readonly string[]
  /** True: a model asks. */
  readonly agent?: boolean
  readonly expect: string | readonly string[]
  readonly hidden?: string
}

interface SectionRow {
  readonly id: string
  readonly sections: readonly string[]
  readonly sys?: readonly string[]
  readonly expect: string
}

interface Variable {
  readonly set: boolean
  readonly value: string | null
  readonly masked: boolean
}

const WORLD = {
  SPELL_A: 'a',
  SPELL_B: 'b',
  SPELL_API_KEY: 'canary-key',
  SPELL_Token_x: 'canary-token',
  DATABASE_URL: 'canary-url',
}
const PLUGINS = ['permissions', 'tools', 'tool-environment', 'tool-system-info', 'script-runtime']
const { rows, sections } = JSON.parse(
  readFileSync(new URL('environment.json', import.meta.url), 'utf8'),
) as { readonly rows: readonly Row[]; readonly sections: readonly SectionRow[] }
const had = process.env['DATABASE_URL']
let house: House

beforeAll(async () => {
  Object.assign(process.env, WORLD)
  house = await openHouse([...PLUGINS, 'engine-lua'], [hostPlugin])
})

afterAll(async () => {
  await house.kernel.stop()
  for (const name of Object.keys(WORLD)) delete process.env[name]
  if (had !== undefined) process.env['DATABASE_URL'] = had
})

/** Calls a tool as a script or as a model does. */
function invoke(
  tool: string,
  input: object,
  options: RunOptions,
  agent = false,
): Promise<ToolResult> {
  const nested = agent ? { actor: { kind: 'agent', name: 'poet' } } : {}
  const act = (context: CallContext): Promise<ToolResult> =>
    context.call('Tool', 'execute', [tool, input], nested) as Promise<ToolResult>
  return inRun(house, act, options)
}

async function answer(row: Row): Promise<{ said: unknown; all: string }> {
  const { names, prefix, env, deny, agent = false } = row
  const input = { ...(names ? { names } : {}), ...(prefix === undefined ? {} : { prefix }) }
  const allow = env ? { env } : {}
  try {
    const found = await invoke(
      'environment',
      input,
      { allow, ...(deny ? { deny: { env: deny } } : {}) },
      agent,
    )
    const { variables } = found.result as unknown as { variables: readonly Variable[] }
    return { said: variables.map(shown), all: JSON.stringify(found) }
  } catch (error) {
    return { said: (error as { code?: string }).code, all: JSON.stringify(error) }
  }
}

function shown({ set, value, masked }: Variable): string {
  if (!set) return '-'
  return masked ? '***' : value!
}

describe('the corpus of variables', () => {
  test.each(rows)('$id: $names $prefix $env → $expect', async (row) => {
    const before = JSON.stringify(process.env)
    const { said, all } = await answer(row)
    expect(said).toEqual(row.expect)
    expect(row.hidden !== undefined && all.includes(row.hidden)).toBe(false)
    // ENV-05
    expect(JSON.stringify(process.env)).toBe(before)
  })

  test('a name outside the grant and one that is not set are the same words', async () => {
    const read = (names: readonly string[]): Promise<ToolResult> =>
      invoke('environment', { names }, { allow: { env: ['SPELL_A', 'SPELL_NONE'] } })
    const granted = JSON.stringify((await read(['SPELL_A', 'SPELL_NONE'])).result)
    const denied = JSON.stringify((await read(['SPELL_A', 'SPELL_B'])).result)
    expect(denied.replace('SPELL_B', 'SPELL_NONE')).toBe(granted)
  })
})

describe('the corpus of facts of the machine', () => {
  test.each(sections)('$id: $sections $sys → $expect', async (row) => {
    const allow = row.sys ? { sys: row.sys } : {}
    const asked = invoke('system-info', { sections: row.sections }, { allow })
    const said = await asked.then(
      ({ result }) => Object.keys(result as object).join(','),
      (error: { code?: string }) => error.code,
    )
    expect(said).toBe(row.expect)
  })
})
