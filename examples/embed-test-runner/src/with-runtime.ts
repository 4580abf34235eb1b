import { after } from 'node:test'
import { createRuntime, type RunOutcome, type Runtime, type Script } from '@llmspell/runtime'
import type { Value } from '@llmspell/sdk'
import type {} from '@llmspell/provider-replay'

/** What tests of agent scripts need: a runtime for the file, and answers that are the same each time. */
export interface AgentTests {
  readonly runtime: Runtime
  /** Runs a script with answers of the scripted mock model: one for each request. */
  scripted<T>(script: Script, replies: readonly Value[]): Promise<RunOutcome<T>>
  /** Runs it with what a model answered once; asks nobody, and fails where it asks for something else. */
  recorded<T>(script: Script, cassette: string): Promise<RunOutcome<T>>
}

/** Opens the runtime of a test file; it ends with the file. */
export function agentTests(root: string): AgentTests {
  const config = { plugins: { 'provider-mock': { delay_ms: 0 } } }
  const runtime = createRuntime({ root, config })
  after(() => runtime.dispose())
  return {
    runtime,
    scripted: (script, replies) => {
      const model = { provider: 'mock', model: 'scripted', settings: { replies } }
      return runtime.run({ ...script, settings: { model: model as unknown as Value } })
    },
    async recorded(script, cassette) {
      const tape = await (await runtime.use('recorder')).open({ file: cassette, mode: 'replay' })
      try {
        return await runtime.run({ ...script, settings: { model: 'mock/demo', tape: tape.id } })
      } finally {
        await tape.close()
      }
    },
  }
}
