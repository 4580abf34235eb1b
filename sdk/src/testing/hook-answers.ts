import { isDenial } from '../hooks.ts'
import type { HookPointItem } from '../manifest.ts'
import type { Schema, Validator } from '../validation.ts'
import { isVerdict, type Verdict } from '../verdicts.ts'
import { compile } from './tool-bench.ts'

const validators = new WeakMap<object, Promise<Validator>>()

/** What is wrong with the answer of a tap; undefined where its point takes it. */
export async function answerFault(
  point: HookPointItem,
  before: object,
  answer: unknown,
): Promise<string | undefined> {
  if (answer === undefined) return undefined
  switch (point.kind) {
    case 'guard':
      return isDenial(answer) || isStop(answer) ? undefined : 'a guard answers nothing or deny()'
    case 'intercept':
      return verdictFault(point, before, answer)
    case 'transform':
      return fits(point, answer)
    case 'choose':
      return undefined
    default:
      return `a tap of '${point.kind}' answers nothing`
  }
}

/** A guard may be answered with the verdicts that mean no or nothing. */
const isStop = (answer: unknown): boolean =>
  isVerdict(answer) && (answer.type === 'cancel' || answer.type === 'skip')

async function verdictFault(
  point: HookPointItem,
  before: object,
  answer: unknown,
): Promise<string | undefined> {
  if (!isVerdict(answer)) return 'an intercept answers nothing or a verdict'
  const { type } = answer
  const takes = [...(point.results ?? []), 'skip'].join(', ')
  if (type !== 'skip' && !point.results?.includes(type)) return `'${type}' is none of ${takes}`
  return type === 'modify' ? changeFault(point, before, answer) : undefined
}

async function changeFault(
  point: HookPointItem,
  before: object,
  { data }: Extract<Verdict, { type: 'modify' }>,
): Promise<string | undefined> {
  const misfit = await fits(point, data)
  if (misfit || !point.changes) return misfit
  const next = data as Readonly<Record<string, unknown>>
  const others = Object.entries(before).filter(([key]) => !point.changes?.includes(key))
  const changed = others.find(([key, value]) => JSON.stringify(next[key]) !== JSON.stringify(value))
  return changed && `'modify' changes '${changed[0]}', and counts for ${point.changes.join(', ')}`
}

async function fits({ payload }: HookPointItem, value: unknown): Promise<string | undefined> {
  if (!payload) return undefined
  const known = validators.get(payload) ?? compile(payload as Schema)
  validators.set(payload, known)
  const validate = await known
  if (validate(value)) return undefined
  const [first] = validate.errors ?? []
  return `its data break the point's schema: ${first?.instancePath ?? ''} ${first?.message ?? ''}`
}
