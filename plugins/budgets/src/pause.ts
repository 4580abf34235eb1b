import { SpellError } from '@llmspell/sdk'
import type { ApprovalAnswer, CallContext } from '@llmspell/sdk'
import type { Breach } from './errors.ts'
import { NAMES } from './limits.ts'
import type { Node } from './node.ts'
import { refusalOf } from './node.ts'
import type { Tree } from './tree.ts'

/**
 * Tries until it is allowed or a person says no: `once` makes room for this call, `run` takes the limit away.
 * @throws BUDGET_EXCEEDED where nobody can be asked or the answer is no; CANCELLED for `stop`
 */
export async function withPerson<T>(context: CallContext, tree: Tree, act: () => T): Promise<T> {
  for (;;) {
    try {
      return act()
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal || !context.ask || refusal.breach.limit === 'timeMs') throw error
      if (!(await oneAtATime(tree, () => raised(context, tree, refusal)))) throw error
    }
  }
}

type Refusal = NonNullable<ReturnType<typeof refusalOf>>

/** Whoever waited for an answer may need no question of its own any more. */
async function oneAtATime(tree: Tree, ask: () => Promise<boolean>): Promise<boolean> {
  const answer = tree.asked.then(ask)
  tree.asked = answer.catch(() => undefined)
  return answer
}

async function raised(
  context: CallContext,
  tree: Tree,
  { node, breach }: Refusal,
): Promise<boolean> {
  const now = node.breach(takenBy(breach))
  if (!now) return true
  const key = `${node.name} ${breach.limit}`
  if (tree.kept.has(key)) return false
  const answer = await put(context, now)
  if (answer === 'stop') context.cancel(stopped(now))
  if (answer === 'no' || answer === 'stop') {
    tree.kept.add(key)
    return false
  }
  raise(node, now, answer)
  return true
}

function raise(node: Node, { limit, used, needed }: Breach, answer: ApprovalAnswer): void {
  node.raise(limit, answer === 'once' ? used + needed : undefined)
}

function takenBy({ limit, needed }: Breach) {
  return { tokens: 0, cost: 0, modelCalls: 0, toolCalls: 0, [limit]: needed }
}

async function put(context: CallContext, breach: Breach): Promise<ApprovalAnswer> {
  const { signal, actors } = context
  if (signal.aborted) return 'no'
  const { who, limit, max, used, needed } = breach
  const name = NAMES[limit].limit
  const facts = { limit: name, max, used, needed }
  try {
    return await context.ask!({
      need: { permission: 'budget', target: `${name} of ${who}`, facts },
      subject: 'A call of a model',
      actors: actors.map(({ kind, name: actor }) => `${kind} '${actor}'`),
      reason: `the budget of ${max} is used up: raise it?`,
      signal,
    })
  } catch {
    return 'no'
  }
}

function stopped({ who, limit }: Breach): SpellError {
  return new SpellError(
    'CANCELLED',
    `The run was ended where ${NAMES[limit].limit} of ${who} was used up.`,
  )
}
