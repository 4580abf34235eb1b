import type { Run } from '@llmspell/sdk'
import { hostPass, scriptOrigin } from './context.ts'
import type { Door } from './door.ts'
import { HostFunctions } from './host-functions.ts'
import type { RunScope } from './scope.ts'

/** A run without a script, as its host holds it. */
export function hostRun(scope: RunScope, door: Door, forget: () => void): Run {
  const origin = scriptOrigin(scope)
  const functions = new HostFunctions()
  scope.invoke = scope.enter = functions.invoke
  const close = async (): Promise<void> => {
    forget()
    await scope.close()
  }
  return {
    id: scope.id,
    get usage() {
      return scope.budget.usage
    },
    get calls() {
      return scope.budget.calls
    },
    get journal() {
      return scope.journal.records()
    },
    call: async (module, fn, args, options = {}) => {
      const marked = args.map((arg) => functions.marked(arg))
      return door.pass(scope, ...hostPass(origin, module, fn, marked, options))
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
