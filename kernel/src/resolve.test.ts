import fc from 'fast-check'
import { PHASES, type Phase } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { record } from '../test/plugins.ts'
import { KERNEL_RECORD } from './kernel-record.ts'
import { configProblems } from './resolve-warnings.ts'
import { resolve, type ResolveOptions } from './resolve.ts'
import type { PluginRecord } from './record.ts'

type Options = Partial<ResolveOptions>

function plan(records: readonly PluginRecord[], options: Options = {}) {
  return resolve(records, { kernel: KERNEL_RECORD, ...options })
}
const order = (records: readonly PluginRecord[], options: Options = {}) =>
  plan(records, options)
    .order.map(({ id }) => id)
    .slice(1)
const state = (records: readonly PluginRecord[], options: Options = {}) =>
  Object.fromEntries(
    plan(records, options).rejected.map((row) => [row.id, `${row.state} ${row.problems[0]?.code}`]),
  )

const clock = record('clock', { provides: { clock: '1.2.0' }, phase: 'infrastructure' })
const user = record('user', { requires: { clock: '^1' } })

describe('the order', () => {
  test('has the kernel first, then phases, then needs, then the order of discovery', () => {
    const late = record('late', { phase: 'globals' })
    const early = record('early', { phase: 'infrastructure', requires: { clock: '^1' } })
    expect(order([late, user, early, clock])).toEqual(['clock', 'early', 'user', 'late'])
    expect(plan([late]).order[0]?.id).toBe('kernel')
  })

  test('is the same for the same plugins, and keeps phases and needs, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), fc.nat(12)), { maxLength: 12 }), (rows) => {
        const records = rows.map(([phase, need], index) =>
          record(`p${index}`, {
            phase: PHASES[phase] as Phase,
            provides: { [`s${index}`]: '1.0.0' },
            requires: need === index ? {} : { [`s${need}`]: '^1' },
          }),
        )
        const found = plan(records)
        const ids = found.order.map(({ id }) => id)
        expect(ids.length + found.rejected.length).toBe(records.length + 1)
        expect(plan(records).order).toEqual(found.order)
        const phases = found.order.slice(1).map(({ manifest }) => PHASES.indexOf(manifest.phase))
        expect(phases).toEqual([...phases].sort((a, b) => a - b))
        for (const { id, manifest } of found.order) {
          for (const service of Object.keys(manifest.requires ?? {})) {
            expect(ids.indexOf(found.providers.get(service)!)).toBeLessThan(ids.indexOf(id))
          }
        }
      }),
    )
  })

  test('lets optional services come first where they are there', () => {
    const curious = record('curious', {
      phase: 'infrastructure',
      optional: { clock: '^1', none: '^1' },
    })
    expect(order([curious, clock])).toEqual(['clock', 'curious'])
    expect(order([curious])).toEqual(['curious'])
  })
})

describe('filters', () => {
  const other = record('other')

  test('a profile takes along what its plugins require', () => {
    const options = { profile: 'small', profiles: { small: ['user'] } }
    expect(order([clock, user, other], options)).toEqual(['clock', 'user'])
    expect(order([clock, user, other], { profile: { include: ['user'] } })).toEqual([
      'clock',
      'user',
    ])
    expect(state([clock, user, other], options)).toEqual({ other: 'skipped PLUGIN_DISABLED' })
  })

  test('a profile takes whole sources along', () => {
    const own = record('own', { requires: { clock: '^1' } }, { source: 'packages' })
    const profile = { include: ['own'], sources: ['host'] } as const
    expect(order([clock, own, other], { profile })).toContain('other')
    expect(order([clock, own, other], { profile: { include: ['own'] } })).toEqual(['clock', 'own'])
  })

  test('the profile full is everything', () => {
    expect(order([clock, other], { profile: 'full' })).toHaveLength(2)
  })

  test('what is disabled is skipped, and its dependents say why', () => {
    const found = plan([clock, user], { disabled: ['clock'] })
    expect(found.rejected.map(({ id, state: s }) => [id, s])).toEqual([
      ['clock', 'skipped'],
      ['user', 'failed'],
    ])
    expect(found.rejected[1]?.problems[0]).toMatchObject({
      code: 'SERVICE_MISSING',
      text: "Plugin 'user' requires the service 'clock' of plugin 'clock': Plugin 'clock' is disabled.",
    })
  })

  test('what is switched off is no problem; a name that means nothing is a warning', () => {
    expect(plan([clock], { disabled: ['clock'] }).problems).toEqual([])
    expect(plan([clock], { disabled: ['clok'] }).problems).toMatchObject([
      { severity: 'warning', hint: "Did you mean 'clock'?" },
    ])
    expect(plan([clock], { profile: { include: ['clok'] } }).problems).toMatchObject([
      { severity: 'warning', code: 'PLUGIN_NOT_FOUND' },
    ])
  })
})

describe('checks', () => {
  test('engines and proposed names', () => {
    const engine = (range: string) => state([record('a', {}, { engine: range })])
    expect(engine('^0.2.0')).toEqual({})
    for (const range of ['', '*', '>=0.2.0', '^0.3.0', '^1'])
      expect(engine(range)).toEqual({ a: 'skipped PLUGIN_INCOMPATIBLE' })
    const proposed = record('a', { proposed: ['x'] })
    expect(state([proposed])).toEqual({ a: 'skipped PLUGIN_INCOMPATIBLE' })
    expect(state([proposed], { proposed: ['x'] })).toEqual({})
  })

  test('what to write is said', () => {
    const { problems } = plan([record('a', {}, { engine: '*' })])
    expect(problems[0]?.hint).toBe('Write "engines": { "llmspell": "^0.2.0" } in its package.json.')
  })

  test('the id of the kernel is taken', () => {
    expect(state([record('kernel')])).toEqual({ kernel: 'skipped PLUGIN_DUPLICATE' })
  })

  test('kernel services cannot be taken over, but can be required', () => {
    expect(state([record('a', { provides: { hooks: '1.0.0' } })])).toEqual({
      a: 'failed SERVICE_CONFLICT',
    })
    expect(
      state([record('a', { requires: { hooks: '^1', schemas: '^1', extensions: '^1' } })]),
    ).toEqual({})
    expect(state([record('a', { requires: { hooks: '^2' } })])).toEqual({
      a: 'failed SERVICE_MISSING',
    })
  })

  test('a range that is none is named', () => {
    expect(state([clock, record('a', { requires: { clock: 'one' } })])).toEqual({
      a: 'failed MANIFEST_INVALID',
    })
  })

  test('dependents of dependents fall with their cause', () => {
    const middle = record('middle', { requires: { gone: '^1' }, provides: { middle: '1.0.0' } })
    const end = record('end', { requires: { middle: '^1' } })
    expect(state([end, middle])).toEqual({
      middle: 'failed SERVICE_MISSING',
      end: 'failed DEPENDENCY_FAILED',
    })
  })

  test('a ring takes out its members only', () => {
    const a = record('a', { requires: { b: '^1' }, provides: { a: '1.0.0' } })
    const b = record('b', { requires: { a: '^1' }, provides: { b: '1.0.0' } })
    expect(state([a, b, clock])).toEqual({ a: 'failed PLUGIN_CYCLE', b: 'failed PLUGIN_CYCLE' })
    expect(order([a, b, clock])).toEqual(['clock'])
  })

  test('points without an owner are kept with a warning and a suggestion', () => {
    const owner = record('owner', { contributes: { points: { things: {} } } })
    const found = plan([
      owner,
      record('a', { contributes: { thngs: [{ name: 'x' }], hooks: ['kernel.shutdow'] } }),
    ])
    expect(found.rejected).toEqual([])
    expect(found.problems.map(({ severity, code, hint }) => [severity, code, hint])).toEqual([
      ['warning', 'CONTRIBUTION_UNKNOWN', "Did you mean 'things'?"],
      ['warning', 'HOOK_UNKNOWN', "Did you mean 'kernel.shutdown'?"],
    ])
  })
})

describe('preferences', () => {
  const one = record('one', {
    provides: { thing: '1.0.0' },
    contributes: { x: [{ name: 'same' }] },
  })
  const two = record('two', {
    provides: { thing: '1.0.0' },
    contributes: { x: [{ name: 'same' }] },
  })

  test('decide services and names, and nobody fails', () => {
    const prefer = { thing: 'two', 'x/same': 'one' }
    const found = plan([one, two], { config: { prefer } })
    expect(found.rejected).toEqual([])
    expect(found.providers.get('thing')).toBe('two')
    expect(found.names.get('x/same')).toBe('one')
  })

  test('of names that mean nothing are problems with a suggestion, as are sections', () => {
    const config = { prefer: { thing: 'tow' }, plugins: { oen: {}, one: {} } }
    expect(configProblems(config, plan([one], { config }))).toMatchObject([
      { code: 'CONFIG_INVALID', path: 'plugins.oen', hint: "Did you mean 'one'?" },
      { code: 'CONFIG_INVALID', path: 'prefer.thing' },
    ])
  })
})
