import { isRef } from '@llmspell/sdk'
import type { HandleRef, StepDefinition, Usage, Value } from '@llmspell/sdk'
import { expand } from './expand.ts'
import { kindOf, textOf } from './forms.ts'
import type { Lane } from './lane.ts'
import { runNested } from './nested.ts'
import { sequence } from './sequence.ts'
import type { StepKind } from './types.ts'

/** What one try of a step gave. */
export interface Given {
  readonly output: Value
  readonly text: string
  readonly data?: Value
  /** The first failure of a workflow that went on after it. */
  readonly error?: Value
  /** What it took. */
  readonly usage?: Usage
  /** The plugin that gave it in the place of the step. */
  readonly replacedBy?: string
}

/** An input that takes the place of the step's own, as it is. */
interface Literal {
  readonly input?: Value
}

type Action = (step: StepDefinition, lane: Lane, literal: Literal) => Promise<Given>

interface Called {
  readonly result?: Value
  readonly text: string
  readonly data?: Value
  readonly metadata?: unknown
}

/** Does what a step says, once. */
export function act(step: StepDefinition, lane: Lane, literal: Literal = {}): Promise<Given> {
  return ACTIONS[kindOf(step)](step, lane, literal)
}

/** The input that a step would get; undefined for what takes none. */
export function inputShown(step: StepDefinition, lane: Lane): Value | undefined {
  const kind = kindOf(step)
  if (kind === 'tool') return inputOf(step, lane, {}, {})
  return kind === 'agent' || kind === 'workflow'
    ? inputOf(step, lane, lane.scope.input, {})
    : undefined
}

const ACTIONS: Readonly<Record<StepKind, Action>> = {
  tool: callTool,
  agent: askAgent,
  workflow: (step, lane, literal) =>
    runNested(step, lane, inputOf(step, lane, lane.scope.input, literal)),
  run: callFunction,
  steps: runSteps,
  template: () => Promise.reject(new Error('A template was let through.')),
}

function inputOf(step: StepDefinition, lane: Lane, otherwise: Value, literal: Literal): Value {
  if (literal.input !== undefined) return literal.input
  return step.input === undefined ? otherwise : expand(step.input, lane.scope)
}

async function callTool(step: StepDefinition, lane: Lane, literal: Literal): Promise<Given> {
  const name = nameOf(step.tool!, lane)
  const options = {
    on_error: 'raise',
    ...(step.timeout === undefined ? {} : { timeout: step.timeout }),
  }
  const args = [name, inputOf(step, lane, {}, literal), options]
  return counted((await lane.call('Tool', 'execute', args)) as Called, lane)
}

async function askAgent(step: StepDefinition, lane: Lane, literal: Literal): Promise<Given> {
  const { agents } = lane.execution.house
  const { agent } = step
  const handle =
    typeof agent === 'string' ? agents!.get(agent, lane.execution.context) : (agent as HandleRef)
  const input = inputOf(step, lane, lane.scope.input, literal)
  const asked = isQuestion(input) ? input : textOf(input)
  const result = (await lane.call('Agent', 'Agent.execute', [asked], { handle })) as Called
  const given = counted(result, lane)
  lane.execution.rows.agents[step.name!] = given.output
  return given
}

const QUESTION: ReadonlySet<string> = new Set([
  'text',
  'messages',
  'media',
  'image',
  'data',
  'parameters',
])

/** Text, and tables that an agent reads as they are; other values are given as text. */
function isQuestion(input: Value): boolean {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return typeof input === 'string'
  if (isRef(input, 'handle') || input instanceof Uint8Array) return false
  const keys = Object.keys(input)
  return keys.length > 0 && keys.every((key) => QUESTION.has(key))
}

function counted({ result, text, data, metadata }: Called, lane: Lane): Given {
  const usage = lane.execution.rows.spend(metadata)
  return { output: result ?? text, text, usage, ...(data === undefined ? {} : { data }) }
}

async function callFunction(step: StepDefinition, lane: Lane): Promise<Given> {
  const output = await lane.ask(step.run!)
  return { output, text: textOf(output), ...(isData(output) ? { data: output } : {}) }
}

async function runSteps(step: StepDefinition, lane: Lane): Promise<Given> {
  const output = await sequence(step.steps!, lane.inner())
  return { output, text: textOf(output), ...(isData(output) ? { data: output } : {}) }
}

function isData(value: Value): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !isRef(value, 'handle') &&
    !(value instanceof Uint8Array)
  )
}

function nameOf(tool: string | HandleRef, { execution }: Lane): string {
  if (typeof tool === 'string') return tool
  return (execution.context.resolve(tool) as { readonly name: string }).name
}
