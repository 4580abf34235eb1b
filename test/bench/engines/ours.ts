// The engines of this repository, with everything that a script has.
import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin, type ScriptCall } from '@llmspell/sdk'
import { openHouse, type House } from '../../support/kernel.ts'
import type { Batch } from '../../corpus/rows.ts'
import type { Work } from './work.ts'

const number = { type: 'number' }
const param = { name: 'value', schema: number }

const functions = {
  now: { doc: 'Answers at once.', params: [param], result: number },
  soon: { doc: 'Answers with a promise.', params: [param], result: number },
}

const calls: InlinePlugin = {
  manifest: {
    manifest: 1,
    id: 'bench',
    main: './bench.js',
    phase: 'core',
    contributes: {
      'script-modules': [
        {
          name: 'Bench',
          doc: 'What benchmarks call.',
          module: { name: 'Bench', version: '1.0.0', doc: 'What benchmarks call.', functions },
        },
      ],
    },
  },
  plugin: definePlugin({
    setup(ctx) {
      const now = ({ args: [value] }: ScriptCall<[number]>): number => value
      const soon = ({ args: [value] }: ScriptCall<[number]>): Promise<number> =>
        Promise.resolve(value)
      ctx.contribute('script-modules', 'Bench', { functions: { now, soon } })
    },
  }),
}

export const openBench = (plugins: readonly string[]): Promise<House> =>
  openHouse(['permissions', 'files', ...new Set(plugins), 'script-runtime'], [calls])

/** The script times itself, so that the start of its session is left out. */
const SOURCES: Readonly<Record<string, (work: Work) => string>> = {
  lua: ({ lua }) => `local now, soon, t = Bench.now, Bench.soon, Run.now()
local function here(i) return JSON.get(i, "") end
local function work() ${lua} end
local value = work()
return { value, Run.now() - t }`,
  javascript: ({ javascript }) => `const { now, soon } = Bench, t = Run.now()
const here = (i) => JSON.get(i, '')
const value = await (async () => { ${javascript} })()
return [value, Run.now() - t]`,
}

/** ms of some work in an engine, the door included. @throws where the value is another */
export async function timeOf(
  house: House,
  { engine, language, file, isolation }: Omit<Batch, 'rows' | 'plugin'>,
  work: Work,
): Promise<number> {
  const source = SOURCES[language]!(work)
  const { value } = await house.runtime.run({ source, file, engine, isolation })
  const [found, ms] = value as [number, number]
  if (found !== work.value)
    throw new Error(`${engine}: ${work.name} gave ${found}, not ${work.value}`)
  return ms
}
