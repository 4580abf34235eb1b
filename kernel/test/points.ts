import type { HookKind } from '@llmspell/sdk'
import type { InterceptRules } from '../src/hook-intercept.ts'
import { compile, type TapParts } from '../src/hook-kinds.ts'
import { HookPoint, type TapEntry } from '../src/hook-point.ts'

type Fn = (payload: never) => unknown

interface Report {
  readonly owner: string
  readonly off: boolean
}

/** An intercept that takes everything and passes nobody over. */
export const CLOSED: InterceptRules = {
  results: ['modify', 'cancel', 'replace', 'retry', 'redirect'],
  failOpen: false,
}

/** A point of its own, and the failures of its taps. */
export function pointOf(kind: HookKind, more: Partial<TapParts> = {}) {
  const reports: Report[] = []
  const point: HookPoint = new HookPoint('x.y', kind, {
    compile: (of, taps) =>
      compile(of, taps, {
        point: 'x.y',
        limit: 100,
        rules: CLOSED,
        ...more,
        report: (tap, _, off) => {
          reports.push({ owner: tap.owner, off })
          if (off) point.remove(tap)
        },
      }),
    wake: () => Promise.resolve(undefined),
  })
  const tap = (owner: string, fn: Fn, parts: Partial<TapEntry> = {}) =>
    point.tap({ owner, fn, stage: 0, order: 0, timeout: undefined, ...parts })
  return { point, tap, reports }
}
