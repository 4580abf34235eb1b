import type { Access, CallContext, GrantLayer, PermissionSet, RunFacts } from '@llmspell/sdk'
import type { ResolvedModel } from './types.ts'

const HOLDER = 'plugin models'

/** On behalf of the script or agent that calls. */
export function callerAccess(model: ResolvedModel, context: CallContext): Access {
  const { grants, root, signal } = context
  return { subject: subjectOf(model), grants, root, signal, run: context }
}

/**
 * On behalf of the host, for what the host configured: exactly what is named. The run is told of by its id, and has seen
 * nothing by it: what a model is sent and answers is not what a tool reads.
 */
export function hostAccess(
  model: ResolvedModel,
  context: CallContext | undefined,
  allow: PermissionSet,
  above: readonly GrantLayer[] = [],
): Access {
  return {
    subject: subjectOf(model),
    grants: [...above, { holder: HOLDER, allow }],
    root: context?.root ?? process.cwd(),
    ...(context ? { run: aside(context) } : {}),
  }
}

function subjectOf({ id }: ResolvedModel): string {
  return `Model '${id}'`
}

function aside(context: CallContext): RunFacts {
  const { runId, seq, actors } = context
  return {
    runId,
    seq,
    actors,
    conceal: (value, label) => context.conceal(value, label),
    cancel: (reason) => context.cancel(reason),
    share: (_key, create) => create().value,
  }
}
