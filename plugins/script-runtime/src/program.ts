import { SpellError } from '@llmspell/sdk'
import type { HostCall, Logger, ProgramRequest, ProgramResult } from '@llmspell/sdk'
import { reasonOf } from './failure.ts'
import { served } from './host-side.ts'
import { after } from './maybe.ts'
import { encode, told } from './references.ts'
import { RunScope } from './scope.ts'
import type { HostSide, HostedSession } from './transport/session.ts'
import { untilEnded } from './until-ended.ts'

/** Runs a program to its end. It has a scope of its own for its limits; its calls are those of its host. */
export async function runProgram(
  request: ProgramRequest,
  open: (host: HostSide) => Promise<HostedSession>,
  logger: Logger,
): Promise<ProgramResult> {
  const { source, file, limits, signal } = request
  const printed: string[] = []
  const scope = new RunScope({ limits, signal, write: (text) => void printed.push(text) })
  try {
    scope.check()
    const session = await open(hostOf(request, scope, logger))
    scope.invoke = (callback, args) => session.invoke(callback, args)
    const value = await ended(scope, session, source, file)
    await scope.close()
    return { value: told(value), output: printed.join(''), calls: scope.budget.calls }
  } catch (error) {
    throw reasonOf(error, scope.signal)
  } finally {
    await scope.close()
  }
}

async function ended(scope: RunScope, session: HostedSession, source: string, file: string) {
  try {
    return await untilEnded(scope, session, session.run({ source, file }))
  } finally {
    await session.close()
  }
}

/** The host as a program sees it: its modules, and one way out. */
export function hostOf(
  request: Omit<ProgramRequest, 'runId' | 'engine'> & { readonly runId?: string },
  scope: RunScope,
  logger: Logger,
): HostSide {
  const { modules, runId = scope.id, file } = request
  const { startedAt } = scope
  const pass = (call: HostCall): unknown => {
    scope.check()
    scope.budget.call()
    return after(request.call(call), (value) => encode(value, `result of ${call.function}`))
  }
  return {
    scope,
    facts: { runId, script: file, args: [], seed: runId, startedAt },
    limits: { memoryBytes: scope.budget.limits.memoryBytes },
    modules: modules.map(({ name }) => name),
    describe: (name) => modules.find((module) => module.name === name) ?? unknown(name),
    field: () => undefined,
    ...served(scope, logger, pass),
  }
}

function unknown(name: string): never {
  throw new SpellError('MODULE_UNKNOWN', `A program has no module '${name}'.`, {
    hint: 'Use what the description of the tool names.',
  })
}
