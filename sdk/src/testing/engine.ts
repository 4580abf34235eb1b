import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ScriptEngine } from '../contracts/engine.ts'
import { openEngineHost } from './engine-host.ts'
import type { EngineHost, EngineHostPlan } from './engine-host.ts'
import { PROBE, ProbeHost } from './engine-module.ts'
import { ROWS } from './engine-rows.ts'
import type { Expected, ScriptLanguage } from './engine-rows.ts'

export { openEngineHost } from './engine-host.ts'
export type { EngineHost, EngineHostFunction, EngineHostPlan } from './engine-host.ts'
export type { ScriptLanguage } from './engine-rows.ts'

export interface EngineSuite {
  readonly engine: ScriptEngine
  /** `lua` and `javascript` have snippets; another language gives its own, and leaves out what it has no words for. */
  readonly language: string
  /** Snippets by row name, for what this engine writes differently from the suite's own. */
  readonly scripts?: Readonly<Record<string, string>>
  /** Entries of a REPL, where the language is another one. */
  readonly entries?: ReplEntries
  /** Two functions given to `Probe.on`: one adds with `Probe.later`, the other fails. Another language may have none. */
  readonly callbacks?: string
  /** Waits for `Probe.wait(5000)`, in another language. */
  readonly waits?: string
  /** Bits of the language's own integers, where it has some. Default 64. */
  readonly integers?: 32 | 64
}

/** What a REPL is asked. */
export interface ReplEntries {
  /** Sets a global `answer` to 41. */
  readonly set: string
  /** Adds 1 to it. */
  readonly get: string
  /** Is not finished. */
  readonly open: string
  /** Breaks the syntax. */
  readonly bad: string
  /** Fails with the message `no`. */
  readonly fail: string
}

/**
 * The contract of the point `engines` as tests: call it at the top of a test file.
 *
 * @example
 * engineSuite({ engine, language: 'lua' })
 */
export function engineSuite(suite: EngineSuite): void {
  const { engine, scripts = {}, integers } = suite
  const language = suite.language as ScriptLanguage
  describe(`engine ${engine.name}`, () => {
    let probe: ProbeHost
    const hosts: EngineHost[] = []
    const open = async (plan: EngineHostPlan = {}): Promise<EngineHost> => {
      const lent = { modules: [PROBE], fields: { 'Probe.version': '1.0.0' } }
      const functions = { ...probe.functions, ...plan.functions }
      const host = await openEngineHost(engine, 'main.script', { ...lent, ...plan, functions })
      hosts.push(host)
      return host
    }
    beforeEach(() => void (probe = new ProbeHost()))
    afterEach(async () => void (await Promise.all(hosts.splice(0).map((h) => h.session.close()))))

    for (const row of ROWS) {
      const source = scripts[row.name] ?? row.scripts[language]
      test.runIf(source !== undefined)(row.name, async () => {
        const host = await open(row.plan)
        const expected = (integers === 32 && row.narrow) || row.expect
        expect(await outcome(expected, host, source!)).toMatchObject(expected)
        row.after?.(probe)
      })
    }
    callbackTests(open, language, () => probe, suite.callbacks)
    replTests(open, suite.entries ?? REPL[language])
    endTests(open, suite.waits ?? FOREVER[language])
  })
}

type Open = (plan?: EngineHostPlan) => Promise<EngineHost>

/** What the script did, in the form of what is expected of it. */
async function outcome(expected: Expected, host: EngineHost, source: string) {
  const ended = await host.run(source).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  return {
    ...ended,
    ...(expected.output !== undefined && { output: host.output.join('') }),
    ...(expected.notes !== undefined && { notes: host.notes.map(({ args }) => args) }),
  }
}

const CALLBACK = {
  lua: `Probe.on(function(a, b) return Probe.later(a + b) end)
Probe.on(function() local x = nil; return x.y end)
return 'registered'`,
  javascript: `await Probe.on(async (a, b) => Probe.later(a + b))
await Probe.on(() => { const x = null; return x.y })
return 'registered'`,
} as const

function callbackTests(
  open: Open,
  language: ScriptLanguage,
  probe: () => ProbeHost,
  own?: string,
): void {
  const source: string | undefined = own ?? CALLBACK[language]
  test.runIf(source !== undefined)(
    'calls back, also after the run, and reports failures of callbacks',
    async () => {
      const host = await open()
      expect(await host.run(source)).toBe('registered')
      const [sum, broken] = probe().callbacks as [number, number]
      expect(await host.session.invoke(sum, [2, 3])).toBe(5)
      await expect(host.session.invoke(broken, [])).rejects.toMatchObject({ code: 'SCRIPT_ERROR' })
      host.session.release(sum)
      await expect(host.session.invoke(sum, [1, 1])).rejects.toMatchObject({
        code: 'INPUT_INVALID',
      })
    },
  )

  test.runIf(own === undefined && source !== undefined)(
    'serves callbacks while the main chunk waits',
    async () => {
      const host = await open()
      const waits = { lua: ' Probe.wait(50)', javascript: '\nawait Probe.wait(50)' }[language]
      const run = host.run(source.replace(/return 'registered'/, waits))
      while (probe().callbacks.length === 0) await new Promise(setImmediate)
      expect(await host.session.invoke(probe().callbacks[0]!, [20, 1])).toBe(21)
      await run
    },
  )
}

const REPL = {
  lua: {
    set: 'answer = 41',
    get: 'answer + 1',
    open: 'function f()',
    bad: 'x = = 1',
    fail: 'error("no")',
  },
  javascript: {
    set: 'globalThis.answer = 41',
    get: 'answer + 1',
    open: 'function f() {',
    bad: 'x = = 1',
    fail: 'throw new Error("no")',
  },
} satisfies Record<ScriptLanguage, ReplEntries>

function replTests(open: Open, lines: ReplEntries): void {
  test('evaluates entries one after the other', async () => {
    const { session } = await open()
    expect(await session.evaluate(lines.set)).toMatchObject({ status: 'value' })
    expect(await session.evaluate(lines.get)).toMatchObject({ values: [42], text: '42' })
    expect(await session.evaluate(lines.open)).toEqual({ status: 'incomplete' })
    const bad = await session.evaluate(lines.bad)
    expect(bad).toMatchObject({ status: 'error', error: { code: 'SCRIPT_SYNTAX' } })
    const fail = await session.evaluate(lines.fail)
    expect(fail).toMatchObject({ status: 'error', error: { code: 'SCRIPT_ERROR', message: 'no' } })
    expect(await session.evaluate(lines.get)).toMatchObject({ values: [42] })
  })

  test('completes globals and what a module offers, hidden functions left out', async () => {
    const { session } = await open()
    await session.evaluate(lines.set)
    expect(session.complete('Pro')).toContain('Probe')
    expect(session.complete('ans')).toContain('answer')
    expect(session.complete('local x = Probe.ec')).toEqual(['Probe.echo'])
    expect(session.complete('Probe.')).toEqual(
      expect.arrayContaining(['Probe.echo', 'Probe.version']),
    )
    expect(session.complete('Probe.')).not.toContain('Probe.secret')
  })
}

const FOREVER = { lua: 'Probe.wait(5000)', javascript: 'await Probe.wait(5000)' } as const

function endTests(open: Open, waits: string): void {
  test('ends what waits when it is closed', async () => {
    const host = await open()
    const run = host.run(waits)
    const ended = run.catch((error: unknown) => error)
    await host.session.close()
    expect(await ended).toMatchObject({ code: 'CANCELLED' })
    expect(host.session.memory()).toBe(0)
  })

  test('is lost when the host ends it inside an entry', async () => {
    let killed = false
    const host = await open({
      enter(fn) {
        if (!killed) return fn()
        throw Object.assign(new Error('killed'), { $llmspell: 'error/1', code: 'SESSION_KILLED' })
      },
    })
    expect(host.session.memory()).toBeGreaterThan(0)
    killed = true
    await expect(host.run('')).rejects.toMatchObject({ code: 'SESSION_KILLED' })
    killed = false
    await expect(host.run('')).rejects.toMatchObject({ code: 'SESSION_KILLED' })
  })
}
