import type { HookFunctions, Value } from '@llmspell/sdk'
import type { Script } from './script.ts'

/** A tap whose function is in a script plugin. It has no run: it computes and answers, and calls nobody. */
export function scriptTap(
  script: Script,
  point: string,
  file: { readonly name: string; readonly language: string },
  functions: HookFunctions,
  signal: AbortSignal,
): (payload: unknown) => unknown {
  return functions.tap(point, {
    id: `plugin ${script.id}`,
    file: file.name,
    language: file.language,
    log: ({ level, message }) => script.log(level, message),
    call: (...args) => asked(script, point, args, signal),
  })
}

/** As long as hooks are waited for. */
const HOOK_MS = 5000

async function asked(
  script: Script,
  point: string,
  args: readonly Value[],
  signal: AbortSignal,
): Promise<Value> {
  const given = await script.call('hooks', point, args, {
    grants: [],
    signal: AbortSignal.any([signal, AbortSignal.timeout(HOOK_MS)]),
    write: (text) => script.log('info', text.trimEnd()),
    log: script.log,
  })
  return given ?? null
}
