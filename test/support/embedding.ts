import { join } from 'node:path'
import { ROOT } from './root.ts'

/** A host program behind the line that gives it `createKernel`; ESM and CommonJS alike. */
export const HOST = `
const SCRIPT = \`return {
  words = Tool.execute("text", { operation = "count", text = "one two three" }).result.words,
  answer = Tool.calculator{ expression = "6 * 7" }.text,
}\`

void (async () => {
  const kernel = createKernel({ packages: { file: process.cwd() + '/package.json' } })
  await kernel.start()
  const runtime = await kernel.use('script-runtime')
  const { value } = await runtime.run({ source: SCRIPT, file: 'host.lua' })
  console.log(JSON.stringify({ words: value.words, answer: value.answer }))
  await kernel.stop()
})()
`

/** The same on the small face. */
export const RUNTIME_HOST = `
void (async () => {
  const runtime = createRuntime({ config: { model: 'mock/demo' } })
  const { value } = await runtime.run('return Tool.calculator{ expression = "6 * 7" }.text')
  await using agent = await runtime.agent({ tools: ['calculator'] })
  const { text } = await agent.execute('What is 6 * 7?')
  console.log(JSON.stringify({ value, agent: text.includes('42') }))
  await runtime.dispose()
})()
`

/** A TypeScript program that names every one of the packages. */
export const typedHost = (names: readonly string[]): string => `
import { createKernel } from '@llmspell/kernel'
import { definePlugin, type RunResult } from '@llmspell/sdk'
import { createRuntime, type AgentResult } from '@llmspell/runtime'
import { EXIT_CODES } from 'llmspell'
import { withKernel } from '@llmspell/kernel/testing'
import type * as agents from '@llmspell/agents/types'
import { engine } from '@llmspell/engine-lua'
${names.map((name, i) => `import * as all${i} from '${name}'`).join('\n')}
export const all = [${names.map((_, i) => `all${i}`).join(', ')}, withKernel, engine]
export type Agents = keyof typeof agents
await using kernel = createKernel({ plugins: [] })
const runtime = await kernel.use('script-runtime')
const result: RunResult = await runtime.run({ source: 'return 1', file: 'a.lua' })
const calls: number = result.calls + EXIT_CODES.usage
await using small = createRuntime({ profile: 'agents', stores: { sqlite: './state' } })
const six: number = (await small.run<number>('return 6', { timeoutMs: 100 })).value
const answer: AgentResult = await (await small.agent({ system_prompt: 'Be brief.' })).execute('Hi')
const models = (await (await small.use('models')).resolve('mock/demo')).capabilities
export const typed = [six.toFixed(), answer.text, models.length]
export default definePlugin({ setup: (ctx) => ctx.defer(() => console.log(calls)) })
`

/** How a strict project would compile it: the declarations of all packages are checked too. */
export const COMPILER_OPTIONS = {
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable'],
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: false,
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules', '@types')],
}
