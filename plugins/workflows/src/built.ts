import { SpellError } from '@llmspell/sdk'
import type { BranchDefinition, Condition, StepDefinition, WorkflowDefinition } from '@llmspell/sdk'
import { tableOf } from './forms.ts'
import type { StepEntry } from './forms.ts'

const KINDS = {
  sequential: 'sequential',
  conditional: 'conditional',
  loop: 'loop',
  parallel: 'parallel',
  streaming: 'stream',
} as const

type Kind = keyof typeof KINDS
type Pair = { readonly name: string; readonly form: StepEntry }

/** What a builder has collected. */
export type Built = Omit<WorkflowDefinition, 'type' | 'steps'> &
  Partial<Record<Kind, boolean>> & {
    readonly type?: WorkflowDefinition['type']
    readonly steps?: readonly (StepEntry | Pair)[]
    readonly condition?: Condition
    readonly then_steps?: readonly StepDefinition[]
  }

/** The definition behind it. Without a kind it is sequential. @throws INPUT_INVALID for two kinds */
export function definitionOf(built: Built): WorkflowDefinition {
  const { sequential, conditional, loop, parallel, streaming, steps, ...rest } = built
  const { condition, then_steps, branches = [], type, ...definition } = rest
  const flags = { sequential, conditional, loop, parallel, streaming }
  const kinds = (Object.keys(flags) as Kind[]).filter((kind) => flags[kind])
  const said = [...kinds, ...(rest.type === undefined ? [] : [rest.type])]
  if (said.length > 1) throw twoKinds(built.name, said)
  const first: BranchDefinition[] =
    condition === undefined && !then_steps
      ? []
      : [{ when: condition ?? true, steps: then_steps ?? [] }]
  const all = [...first, ...branches]
  return {
    ...definition,
    type: type ?? KINDS[kinds[0] ?? (all.length > 0 ? 'conditional' : 'sequential')],
    ...(steps ? { steps: steps.map(entryOf) as StepDefinition[] } : {}),
    ...(all.length > 0 ? { branches: all } : {}),
  }
}

/** `add_step(name, form)` names what may be a bare function or handle. */
function entryOf(entry: StepEntry | Pair): StepEntry {
  return 'form' in entry ? { ...tableOf(entry.form), name: entry.name } : entry
}

function twoKinds(name: string, kinds: readonly string[]): SpellError {
  const text = `Workflow '${name}' is of one kind, found ${kinds.join(' and ')}.`
  return new SpellError('INPUT_INVALID', text, {
    hint: 'Call one of these methods of the builder.',
  })
}
