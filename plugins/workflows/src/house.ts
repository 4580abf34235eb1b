import type {
  Budgets,
  CallContext,
  HandleRef,
  HookPoint,
  SchemaCompiler,
  ToolRegistry,
} from '@llmspell/sdk'
import type {} from './types.ts'

/** The hook points of this plugin. */
export interface Points {
  readonly start: HookPoint<'workflow.start'>
  readonly step: HookPoint<'workflow.step'>
  readonly transition: HookPoint<'workflow.transition'>
  readonly output: HookPoint<'workflow.output'>
  readonly error: HookPoint<'workflow.error'>
  readonly stepDone: HookPoint<'workflow.stepDone'>
  readonly checkpoint: HookPoint<'workflow.checkpoint'>
  readonly rollback: HookPoint<'workflow.rollback'>
  readonly done: HookPoint<'workflow.done'>
}

/** The agents of a run, as far as workflows name them. */
export interface AgentNames {
  list(context: CallContext): readonly { readonly name: string }[]
  get(name: string, context: CallContext): HandleRef
}

/** What workflows need of the rest of the house. */
export interface House {
  readonly points: Points
  readonly schemas: SchemaCompiler
  readonly tools: ToolRegistry | undefined
  readonly agents: AgentNames | undefined
  readonly budgets: Budgets | undefined
}
