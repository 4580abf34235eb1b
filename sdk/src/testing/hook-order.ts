import assert from 'node:assert/strict'
import { isDenial, type HookKind, type Hooks } from '../hooks.ts'
import { isVerdict, modify, type Intercepted } from '../verdicts.ts'
import { answerFault } from './hook-answers.ts'
import type { HookBench } from './hook-bench.ts'
import { within } from './hook-time.ts'
import type { HostTap, TestHost } from './test-host.ts'

const FIRST = { stage: -Number.MAX_VALUE }
const LAST = { stage: Number.MAX_VALUE }
const MAKES: ReadonlySet<HookKind> = new Set(['intercept', 'transform'])

/** Between two taps of others: it goes by what the first has left, and the last gets what it leaves itself. */
export async function inItsTurn(bench: HookBench, host: TestHost, name: string): Promise<void> {
  const point = bench.point(name)
  const left = bench.other(name)
  // What it was asked before must not be in what it answers.
  await call(host, name, bench.payload(name, false)).catch(() => undefined)
  const seen: unknown[] = []
  host.tap(name, () => (seen.push(FIRST), handedOn(point.kind, left)), FIRST)
  host.tap(name, (payload) => void seen.push(payload), LAST)
  const given = MAKES.has(point.kind) ? bench.payload(name, false) : left
  const end = await call(host, name, given).catch(() => undefined)
  assert.equal(seen[0], FIRST, 'it was asked before a tap that stands before it')
  if (seen.length === 1 || !MAKES.has(point.kind)) return
  const made = (point.kind === 'intercept' ? (end as Intercepted<object>).data : end) as object
  assert.deepEqual(seen[1], made, 'a tap after it got something else')
  if (JSON.stringify(made) === JSON.stringify(left)) return
  const fault = await answerFault(point, left, handedOn(point.kind, made))
  assert.equal(fault, undefined, fault)
}

/** Where others fail it goes on or not, and where it fails itself it allows and makes nothing. */
export async function countsAsKind(bench: HookBench, host: TestHost, name: string): Promise<void> {
  const { kind, failOpen } = bench.point(name)
  if (kind === 'guard' || MAKES.has(kind)) await blind(bench, host, name)
  const fails = (): never => {
    throw new Error('a tap before it failed')
  }
  host.tap(name, fails, FIRST)
  const made = call(host, name, bench.payload(name, false))
  if (kind === 'guard') return assert(isDenial(await made), 'a guard failed, and it was allowed')
  if (MAKES.has(kind) && !failOpen) return assert.rejects(made, /before it failed/)
  await made
}

/** Its own failure: a payload that cannot be read. */
async function blind(bench: HookBench, host: TestHost, name: string): Promise<void> {
  const point = bench.point(name)
  for (const tap of host.taps.filter((one) => one.point === name)) {
    let looked = false
    const refuse = (): never => {
      looked = true
      throw new TypeError('the payload cannot be read')
    }
    const payload = new Proxy({}, { get: refuse, ownKeys: refuse, has: refuse })
    const answer = await attempt(tap, payload)
    if (answer === FAILED || !looked) continue
    if (point.kind === 'guard')
      assert(isDenial(answer) || isVerdict(answer), 'it allowed what it could not look at')
    const fault = await answerFault(point, bench.payload(name, false), answer)
    assert.equal(fault, undefined, fault)
  }
}

const FAILED = Symbol('failed')

async function attempt(tap: HostTap, payload: object): Promise<unknown> {
  try {
    return await within(tap, tap.fn(payload))
  } catch {
    return FAILED
  }
}

function call(host: TestHost, name: string, payload: object): Promise<unknown> {
  const own = host.taps.filter((tap) => tap.point === name)
  const limits = own.flatMap(({ timeout }) => (timeout === undefined ? [] : [timeout]))
  const timeout = limits.length === 0 ? undefined : Math.min(...limits)
  return within({ timeout }, host.call(name as keyof Hooks, payload as never))
}

/** What a tap of that kind answers to hand that payload on. */
function handedOn(kind: HookKind, payload: object): unknown {
  const copy = structuredClone(payload)
  if (kind === 'intercept') return modify(copy)
  return kind === 'transform' ? copy : undefined
}
