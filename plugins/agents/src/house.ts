import { expandSchema } from '@llmspell/sdk'
import type {
  Artifacts,
  Budgets,
  HookPoint,
  MediaStore,
  SchemaCompiler,
  ToolRegistry,
} from '@llmspell/sdk'
import type {} from './types.ts'
import { answerShape } from './answer.ts'
import type { AnswerShape } from './answer.ts'

/** The hook points of this plugin. */
export interface Points {
  readonly create: HookPoint<'agent.create'>
  readonly created: HookPoint<'agent.created'>
  readonly input: HookPoint<'agent.input'>
  readonly output: HookPoint<'agent.output'>
  readonly error: HookPoint<'agent.error'>
  readonly close: HookPoint<'agent.close'>
  readonly closed: HookPoint<'agent.closed'>
  readonly start: HookPoint<'agent.start'>
  readonly step: HookPoint<'agent.step'>
  readonly done: HookPoint<'agent.done'>
}

/** What agents need of the rest of the house. */
export interface House {
  readonly tools: ToolRegistry
  readonly schemas: SchemaCompiler
  readonly points: Points
  readonly artifacts: Artifacts | undefined
  readonly media: MediaStore | undefined
  /** Whether agents can outlive a run. */
  readonly state: boolean
  /** Absent: an agent is limited by itself alone, after each answer. */
  readonly budgets: Budgets | undefined
}

/** The shape of a schema in its full or its short form. @throws SCHEMA_INVALID */
export async function shapeOf(
  schema: object | undefined,
  house: House,
): Promise<AnswerShape | undefined> {
  return schema === undefined ? undefined : answerShape(expandSchema(schema), house.schemas)
}
