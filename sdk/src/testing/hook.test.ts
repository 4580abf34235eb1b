import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { deny } from '../hooks.ts'
import { definePlugin, type PluginContext } from '../plugin.ts'
import { cancel, modify, replace, retry, skip } from '../verdicts.ts'
import { hookChecks, hookSuite, type HookSuiteOptions } from './hook.ts'

const home = mkdtempSync(join(tmpdir(), 'llmspell-hook-suite-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

type Taps = Readonly<Record<string, (payload: never) => unknown>>
interface Config {
  readonly on: boolean
}
type Context = PluginContext<Config>

const config = {
  type: 'object',
  properties: { on: { type: 'boolean', default: false } },
}
const LISTED = [{ point: 'tool.input', with: 'on' }, 'tool.guard', 'llm.chunk'] as const
let made = 0

/** A plugin of a folder of its own, and what the suite needs of it. */
function given(setup: (ctx: Context) => void, hooks: readonly unknown[] = LISTED) {
  const folder = join(home, `p${made++}`)
  const llmspell = { manifest: 1, id: 'some', main: './index.js', phase: 'core' }
  const manifest = { ...llmspell, requires: { hooks: '^1' }, config, contributes: { hooks } }
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'some', llmspell: manifest }))
  return {
    package: pathToFileURL(`${folder}/`),
    plugin: definePlugin({ setup: setup as never }),
  } satisfies HookSuiteOptions
}

const GOOD: Taps = {
  'tool.input': (facts: object) => modify({ ...facts, params: { changed: true } }),
  'tool.guard': ({ tool }: { tool: string }) => (tool === 'evil' ? deny('no') : undefined),
  'llm.chunk': () => undefined,
}

function tapping(taps: Taps, options: object = {}) {
  return (ctx: Context): void => {
    for (const [point, fn] of Object.entries(taps))
      if (point !== 'tool.input' || ctx.config.on) ctx.tap(point as never, fn as never, options)
  }
}

async function failing(options: HookSuiteOptions): Promise<Record<string, string>> {
  const failed: Record<string, string> = {}
  for (const { name, run } of hookChecks(options)) {
    try {
      await run()
    } catch (error) {
      failed[name] = (error as Error).message
    }
  }
  return failed
}

const LISTS = 'the manifest lists what it taps, and nothing else'
const IDLE = 'without its config it taps nothing that depends on it'
const LEFT = 'nothing is left after it was disposed'
const asked = (point: string) => `'${point}': a payload is answered as the point allows`
const turn = (point: string) => `'${point}': it goes by what a tap before it has left`
const failure = (point: string) => `'${point}': its failure counts as the kind of the point says`
const without = (point: string) => `'${point}': so is one without what may be missing`

hookSuite(given(tapping(GOOD)))

describe('the suite of hooks', () => {
  const bent = (taps: Taps) => given(tapping({ ...GOOD, ...taps }))
  const own = { 'tool.input': (facts: object) => modify({ ...facts, tool: 'other' }) }
  const late = () => new Promise(() => undefined)
  const { 'llm.chunk': _, ...silent } = GOOD
  let shared: ((payload: never) => unknown)[] = []
  let remembered: object | undefined

  test.each<[string, string, HookSuiteOptions, string]>([
    ['lists what it does not tap', LISTS, given(tapping(silent)), 'llm.chunk'],
    [
      'taps what it does not list',
      LISTS,
      given((ctx) => (tapping(GOOD)(ctx), ctx.tap('tool.done', () => undefined))),
      "taps 'tool.done'",
    ],
    [
      'taps with no function',
      LISTS,
      given((ctx) => (tapping(GOOD)(ctx), ctx.tap('tool.guard', undefined as never))),
      'with no function',
    ],
    [
      'taps without being asked',
      IDLE,
      given((ctx) => tapping(GOOD)({ ...ctx, config: { on: true } })),
      "'tool.input'",
    ],
    [
      'listens widely without being asked',
      IDLE,
      given((ctx) => {
        tapping(GOOD)(ctx)
        ctx.use('hooks').tap('tool.done', () => undefined)
      }),
      "'tool.done'",
    ],
    [
      'stands nowhere',
      'each tap says where it stands',
      given(tapping(GOOD, { stage: NaN })),
      'NaN',
    ],
    [
      'answers a guard with false',
      asked('tool.guard'),
      bent({ 'tool.guard': () => false }),
      'deny',
    ],
    ['answers a bare object', asked('tool.input'), bent({ 'tool.input': () => ({}) }), 'a verdict'],
    [
      'answers what does not count',
      asked('tool.input'),
      bent({ 'tool.input': () => retry() }),
      "'retry'",
    ],
    ['changes what it may not', asked('tool.input'), bent(own), "'tool', and counts for params"],
    ['breaks the schema', asked('tool.input'), bent({ 'tool.input': () => modify({}) }), 'schema'],
    ['answers what is only told', asked('llm.chunk'), bent({ 'llm.chunk': () => 1 }), 'nothing'],
    [
      'waits where nobody waits',
      asked('llm.chunk'),
      bent({ 'llm.chunk': async () => undefined }),
      'at once',
    ],
    [
      'changes the payload in place',
      asked('tool.guard'),
      bent({ 'tool.guard': (facts: { tool: string }) => void (facts.tool = 'x') }),
      'read only',
    ],
    [
      'throws at a usual payload',
      asked('tool.guard'),
      bent({
        'tool.guard': () => {
          throw new Error('no luck')
        },
      }),
      'no luck',
    ],
    [
      'counts on what may be missing',
      without('llm.chunk'),
      bent({ 'llm.chunk': ({ line }: { line: string }) => void line.length }),
      'undefined',
    ],
    [
      'answers what it was asked before',
      turn('tool.input'),
      bent({ 'tool.input': (facts: object) => modify((remembered ??= facts)) }),
      "'tool'",
    ],
    [
      'allows what it cannot look at',
      failure('tool.guard'),
      bent({
        'tool.guard': (facts: { tool: string }) => {
          try {
            return facts.tool === 'evil' ? deny('no') : undefined
          } catch {
            return undefined
          }
        },
      }),
      'could not look at',
    ],
    [
      'makes nonsense of what it cannot look at',
      failure('tool.input'),
      bent({
        'tool.input': (facts: object) => {
          try {
            return modify({ ...facts, params: {} })
          } catch {
            return modify({})
          }
        },
      }),
      'schema',
    ],
    [
      'never answers',
      asked('tool.guard'),
      given(tapping({ ...GOOD, 'tool.guard': late }, { timeout: 20 })),
      '20 ms',
    ],
    [
      'leaves a timer',
      LEFT,
      given((ctx) => {
        tapping(GOOD)(ctx)
        const timer = setInterval(() => undefined, 10_000)
        setTimeout(() => clearInterval(timer), 300)
      }),
      'Timeout',
    ],
    [
      'shares what it has',
      'two of it in one process share nothing',
      given((ctx) => {
        tapping(GOOD)(ctx)
        const undo = ctx.use('hooks').tap('tool.done', () => undefined)
        shared.push(undo)
        ctx.defer(() => {
          for (const each of shared) (each as () => void)()
          shared = []
        })
      }),
      'taps of the other',
    ],
  ])('finds a plugin that %s', async (_, check, options, text) => {
    const failed = await failing(options)
    const found = Object.entries(failed).find(([name]) => name.startsWith(check))
    expect(found?.[1] ?? failed).toContain(text)
  })

  test.each<[string, Taps]>([
    ['cancels', { 'tool.input': () => cancel('no') }],
    ['replaces', { 'tool.input': () => replace({ result: 1 }) }],
    ['passes', { 'tool.input': () => skip(), 'tool.guard': () => skip() }],
    ['denies', { 'tool.guard': () => deny('never') }],
  ])('takes a plugin that %s', async (_, taps) => expect(await failing(bent(taps))).toEqual({}))

  test('needs to know a point of somebody else', async () => {
    const options = given(
      (ctx) => ctx.tap('own.point' as never, (() => undefined) as never),
      ['own.point'],
    )
    expect(Object.values(await failing(options))[0]).toContain("'own.point': name it in 'points'")
    const point = { name: 'own.point', kind: 'observe', doc: 'Own.', payload: { type: 'object' } }
    expect(await failing({ ...options, points: [point as never] })).toEqual({})
  })
})
