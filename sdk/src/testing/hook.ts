import assert from 'node:assert/strict'
import { testChecks, type ContractCheck } from './check.ts'
import { answerFault } from './hook-answers.ts'
import { HookBench, type HookSuiteOptions } from './hook-bench.ts'
import { countsAsKind, inItsTurn } from './hook-order.ts'
import { within } from './hook-time.ts'
import type { TestHost } from './test-host.ts'

export type { ContractCheck } from './check.ts'
export type { HookSuiteOptions } from './hook-bench.ts'

/**
 * The contract of a plugin that taps hook points as tests: call it in a test file of the plugin.
 *
 * @example
 * hookSuite({ package: new URL('../', import.meta.url), plugin, services: { audit } })
 */
export function hookSuite(options: HookSuiteOptions): void {
  const checks = hookChecks(options)
  testChecks(`the contract of the hooks of '${new HookBench(options).manifest.id}'`, checks)
}

/** What `hookSuite` asks for, one by one. */
export function hookChecks(options: HookSuiteOptions): readonly ContractCheck[] {
  const bench = new HookBench(options)
  return [
    ...setupChecks(bench),
    ...bench.listed.flatMap(({ point }) => pointChecks(bench, point)),
    ...endChecks(bench),
  ]
}

function setupChecks(bench: HookBench): ContractCheck[] {
  return [
    { name: 'the manifest lists what it taps, and nothing else', run: () => tapsAll(bench) },
    { name: 'without its config it taps nothing that depends on it', run: () => idle(bench) },
    { name: 'each tap says where it stands and how long it may take', run: () => ordered(bench) },
  ]
}

function pointChecks(bench: HookBench, point: string): ContractCheck[] {
  const asked = (least: boolean) => () =>
    inHost(bench, true, (host) => ask(bench, host, point, least))
  return [
    { name: `'${point}': a payload is answered as the point allows`, run: asked(false) },
    { name: `'${point}': so is one without what may be missing`, run: asked(true) },
    {
      name: `'${point}': it goes by what a tap before it has left`,
      run: () => inHost(bench, true, (host) => inItsTurn(bench, host, point)),
    },
    {
      name: `'${point}': its failure counts as the kind of the point says`,
      run: () => inHost(bench, true, (host) => countsAsKind(bench, host, point)),
    },
  ]
}

function endChecks(bench: HookBench): ContractCheck[] {
  return [
    { name: 'nothing is left after it was disposed', run: () => leavesNothing(bench) },
    { name: 'two of it in one process share nothing', run: () => apart(bench) },
  ]
}

async function tapsAll(bench: HookBench): Promise<void> {
  await inHost(bench, true, ({ taps }) => {
    const tapped = new Set(taps.map(({ point }) => point))
    // Who listens wherever something is told chooses its points at run time.
    const wide = taps.some(({ atRunTime }) => atRunTime)
    const silent = bench.listed.filter(({ point, key }) => !tapped.has(point) && !(key && wide))
    assert.deepEqual(
      silent.map(({ point }) => point),
      [],
      'listed and not tapped',
    )
  })
}

async function idle(bench: HookBench): Promise<void> {
  await inHost(bench, false, ({ taps }) => {
    const free = new Set(bench.listed.filter(({ key }) => !key).map(({ point }) => point))
    const wide = bench.listed.length > free.size
    const costly = taps.filter(({ point, atRunTime }) => (atRunTime ? wide : !free.has(point)))
    assert.deepEqual(
      costly.map(({ point }) => point),
      [],
      'tapped without being asked for',
    )
  })
}

async function ordered(bench: HookBench): Promise<void> {
  await inHost(bench, true, ({ taps }) => {
    for (const { point, stage, timeout } of taps) {
      assert(Number.isFinite(stage), `the stage of the tap of '${point}' is ${stage}`)
      assert(timeout === undefined || timeout > 0, `its limit at '${point}' is ${timeout} ms`)
    }
  })
}

async function ask(bench: HookBench, host: TestHost, name: string, least: boolean): Promise<void> {
  const point = bench.point(name)
  for (const tap of host.taps.filter((one) => one.point === name)) {
    const payload = frozen(bench.payload(name, least))
    const before = JSON.stringify(payload)
    const made = tap.fn(payload)
    if (point.kind === 'notify') assert(!isPromise(made), 'a tap of a notify answers at once')
    const answer = await within(tap, made)
    assert.equal(JSON.stringify(payload), before, 'the payload was changed in place')
    const fault = await answerFault(point, payload, answer)
    assert.equal(fault, undefined, fault)
  }
}

async function leavesNothing(bench: HookBench): Promise<void> {
  const host = await bench.open(true)
  await host.dispose()
  assert.deepEqual(host.taps, [], 'taps are left')
}

async function apart(bench: HookBench): Promise<void> {
  const first = await bench.open(true)
  await inHost(bench, true, async (second) => {
    const before = second.taps.length
    await first.dispose()
    assert.equal(second.taps.length, before, 'disposing one took taps of the other')
  })
}

async function inHost(
  bench: HookBench,
  on: boolean,
  work: (host: TestHost) => void | Promise<void>,
): Promise<void> {
  const host = await bench.open(on)
  try {
    await work(host)
  } finally {
    // What is left over is a check of its own.
    await host.dispose().catch(() => undefined)
  }
}

const isPromise = (value: unknown): boolean =>
  typeof (value as { then?: unknown } | undefined)?.then === 'function'

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
