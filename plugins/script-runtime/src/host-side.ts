import { fromErrorRecord } from '@llmspell/sdk'
import type { HostCall, HostReply, Logger, ScriptModule, SessionFacts, Value } from '@llmspell/sdk'
import { scriptOrigin } from './context.ts'
import type { Door } from './door.ts'
import { factOf } from './facts.ts'
import { guestRecord } from './failure.ts'
import { after, isLater } from './maybe.ts'
import type { ModuleCatalogue } from './modules.ts'
import type { RunScope } from './scope.ts'
import type { HostSide } from './transport/session.ts'
import { weight } from './weight.ts'

export interface HostParts {
  readonly door: Door
  readonly modules: ModuleCatalogue
  readonly logger: Logger
}

/** The host as one run's session sees it. */
export function hostSide(
  { door, modules, logger }: HostParts,
  scope: RunScope,
  facts: SessionFacts,
  pass: (request: HostCall) => unknown = passing(door, scope),
): HostSide {
  return {
    scope,
    facts,
    limits: { memoryBytes: scope.budget.limits.memoryBytes },
    modules: modules.names(),
    describe: (name): ScriptModule => modules.describe(name),
    field: (module, name): Value | undefined =>
      module === 'Run' ? factOf(scope, name) : undefined,
    ...served(scope, logger, pass),
  }
}

function passing(door: Door, scope: RunScope): (request: HostCall) => unknown {
  const origin = scriptOrigin(scope)
  return (request) => door.pass(scope, request, origin)
}

/** What leaves a session: answered, counted and limited in one way, whoever serves it. */
export function served(
  scope: RunScope,
  logger: Logger,
  pass: (request: HostCall) => unknown,
): Pick<HostSide, 'call' | 'notify' | 'write'> {
  const call = (request: HostCall): HostReply | Promise<HostReply> =>
    held(
      scope,
      request,
      answer(() => pass(request), scope, logger),
    )
  return {
    call,
    notify: (request) => {
      const warn = (reply: HostReply): void => warnOf(scope, reply, request, logger)
      // At once where it can be: an inline script that notifies without end lets no promise have its turn.
      void after(call(request), warn)
    },
    write: (text) => write(scope, text),
  }
}

/** What open calls carry lies in the host: all of it counts as memory of the script. */
function held(
  scope: RunScope,
  { args }: HostCall,
  reply: HostReply | Promise<HostReply>,
): HostReply | Promise<HostReply> {
  if (!isLater(reply)) return reply
  const free = scope.hold(args.reduce<number>((sum, arg) => sum + weight(arg), 0))
  return reply.finally(free)
}

function answer(
  pass: () => unknown,
  { redactor }: RunScope,
  logger: Logger,
): HostReply | Promise<HostReply> {
  const failed = (error: unknown): HostReply => ({
    ok: false,
    error: guestRecord(redactor.error(error), logger),
  })
  try {
    const value = pass()
    if (!isLater(value)) return { ok: true, value: value as Value | undefined }
    return Promise.resolve(value).then(
      (found) => ({ ok: true, value: found as Value | undefined }),
      failed,
    )
  } catch (error) {
    return failed(error)
  }
}

/** Nobody waits for a notification: its failure is a line in the log, and the end of the run where its budget is gone. */
function warnOf(scope: RunScope, reply: HostReply, call: HostCall, logger: Logger): void {
  if (reply.ok) return
  if (reply.error.code === 'BUDGET_EXCEEDED') scope.cancel(fromErrorRecord(reply.error))
  else logger.warn(`${call.module}.${call.function}: ${reply.error.message}`)
}

function write(scope: RunScope, text: string): void {
  try {
    scope.write(text)
  } catch (error) {
    scope.cancel(error as Parameters<RunScope['cancel']>[0])
    throw error
  }
}
