import { cancel, deny, modify, redirect, replace, skip, type TapTrace } from '@llmspell/sdk'
import { describe, expect, test, vi } from 'vitest'
import { catalogue, owner, saying } from '../test/catalogue.ts'
import { record } from '../test/plugins.ts'
import { UndoList } from './undo.ts'

const boom = () => {
  throw new Error('boom')
}

describe('a trace', () => {
  const all = [
    ['own.guard', () => undefined, { kind: 'guard', outcome: 'went on' }],
    ['own.guard', () => deny('no'), { outcome: 'cancelled' }],
    ['own.done', () => 'ignored', { kind: 'observe', outcome: 'went on' }],
    ['own.tick', () => undefined, { kind: 'notify', outcome: 'went on' }],
    ['own.tick', boom, { outcome: 'failed', error: { code: 'HOOK_FAILED' } }],
    ['own.change', () => 2, { kind: 'transform', outcome: 'changed', after: 2 }],
    ['own.choice', () => 'a', { kind: 'choose', outcome: 'replaced', after: 'a' }],
    ['own.row', () => undefined, { kind: 'series', outcome: 'went on' }],
    ['own.say', () => undefined, { kind: 'intercept', outcome: 'went on' }],
    ['own.say', () => modify({ a: 1 }), { outcome: 'changed', after: { a: 1 } }],
    ['own.say', () => cancel('no'), { outcome: 'cancelled' }],
    ['own.say', () => skip(), { outcome: 'skipped' }],
    ['own.say', boom, { outcome: 'failed', error: { code: 'HOOK_FAILED' } }],
    ['own.say', () => redirect('x'), { outcome: 'failed', error: { code: 'HOOK_RESULT_INVALID' } }],
    ['own.open', () => replace(3), { outcome: 'replaced', after: 3 }],
    ['own.open', boom, { outcome: 'failed' }],
  ] as const
  const more = record('more', {
    contributes: {
      hookPoints: [
        { name: 'own.change', kind: 'transform', doc: 'A change.' },
        { name: 'own.choice', kind: 'choose', doc: 'A choice.' },
        { name: 'own.row', kind: 'series', doc: 'A row.' },
      ],
    },
  })
  const traced = (point: string, fn: () => unknown) => {
    const { hooks, lines } = catalogue({}, [owner, saying, more])
    hooks.view().tap(point as never, fn as never, { owner: 'outside', label: 'greet:3' })
    const seen: TapTrace[] = []
    const undo = hooks.view().trace((trace) => void seen.push(trace))
    const call = async () => {
      await Promise.resolve(hooks.get(point).call({ run_id: 'r1' })).catch(() => undefined)
    }
    return { hooks, lines, seen, undo, call }
  }

  test.each(all)('of %s tells how each tap ended', async (point, fn, expected) => {
    const { seen, call } = traced(point, fn)
    await call()
    const facts = { point, owner: 'outside', label: 'greet:3', runId: 'r1' }
    expect(seen).toMatchObject([{ ...facts, before: { run_id: 'r1' }, ...expected }])
    expect(seen[0]?.ms).toBeGreaterThanOrEqual(0)
  })

  test('hears nothing after its end, and leaves no use of a point', async () => {
    const { hooks, seen, undo, call } = traced('own.say', () => undefined)
    undo()
    await call()
    expect(seen).toEqual([])
    const idle = catalogue({}, [owner]).hooks
    idle.view().trace(() => undefined)
    expect(idle.list().every((point) => !point.used)).toBe(true)
    expect(hooks.get('own.say').used).toBe(true)
  })

  test('that throws is reported, and the call goes on', async () => {
    const { hooks, lines, seen } = traced('own.say', () => modify(5))
    hooks.view('more').trace(boom)
    expect(await hooks.get('own.say').call(1)).toEqual({ data: 5, changed: true })
    expect(seen).toHaveLength(1)
    expect(lines).toEqual(['A trace of hooks failed: boom'])
  })

  test('ends with the plugin that asked for it', async () => {
    const { hooks, call } = traced('own.say', () => undefined)
    const undo = new UndoList()
    const heard = vi.fn<() => void>()
    hooks.view('more', undo).trace(heard)
    await undo.run(async (_, step) => step())
    await call()
    expect(heard).not.toHaveBeenCalled()
  })
})
