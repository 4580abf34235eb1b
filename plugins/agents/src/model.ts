import { isForNextModel, SpellError, toErrorRecord } from '@llmspell/sdk'
import type { CallContext } from '@llmspell/sdk'
import type { AgentConfig, ModelSpec, ModelTable } from './config.ts'

/** One model that an agent may ask, looked up. */
export interface Candidate {
  /** As the module `Provider` takes it; nothing means the configured default. */
  readonly spec: ModelSpec | undefined
  /** `provider/model`. */
  readonly id: string
  readonly provider: string
  readonly mock: boolean
}

interface Resolved {
  readonly provider: string
  readonly model: string
  readonly mock?: boolean
}

/** The model of a configuration with the parts that stand beside it put in. */
function specOf(config: AgentConfig): ModelSpec | undefined {
  const { model, provider, base_url, api_key, settings } = config
  const beside = Object.entries({ provider, base_url, api_key }).filter(
    ([, value]) => value !== undefined,
  )
  if (beside.length === 0 && settings === undefined) return model
  const table: ModelTable = typeof model === 'string' ? { model } : (model ?? {})
  const given = { ...table, ...Object.fromEntries(beside) }
  return settings === undefined ? given : { ...given, settings: { ...table.settings, ...settings } }
}

async function lookUp(spec: ModelSpec | undefined, context: CallContext): Promise<Candidate> {
  const found = (await context.call('Provider', 'check', [spec ?? null])) as Resolved
  const { provider, model, mock = false } = found
  return { spec, id: `${provider}/${model}`, provider, mock }
}

/**
 * The models of an agent, in the order in which they are asked. One that is not known is left out with a
 * warning where another remains.
 * @throws MODEL_INVALID, MODEL_UNKNOWN, PROVIDER_UNKNOWN, PROVIDER_KEY_MISSING of the first one
 */
export async function findModels(
  config: AgentConfig,
  context: CallContext,
): Promise<readonly Candidate[]> {
  const { model, models = [], fallback = [] } = config
  const [first, ...others] = model === undefined ? models : [model, ...models]
  const asked = first === undefined ? config : { ...config, model: first }
  const specs = [specOf(asked), ...others, ...fallback]
  const looked = await Promise.allSettled(specs.map((spec) => lookUp(spec, context)))
  const failures = looked.flatMap((look) =>
    look.status === 'rejected' ? [look.reason as Error] : [],
  )
  const found = looked.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []))
  const grave = failures.find((failure) => !isPassable(failure))
  const raised = grave ?? (found.length === 0 ? failures[0] : undefined)
  if (raised) throw raised
  for (const failure of failures) warn(context, failure)
  return found
}

/** True for a failure after which the next model is asked: of the line, the account or the key, not of the question. */
export function isPassable(error: unknown): boolean {
  return isForNextModel(error) || toErrorRecord(error).code === 'PROVIDER_KEY_MISSING'
}

/** Says that the next model is asked, and why. */
export function warn(context: CallContext, failure: unknown): void {
  const { code, message } = toErrorRecord(failure)
  context.log({ level: 'warn', message: `Asking the next model: ${message}`, data: { code } })
}

/** PROVIDER_FAILED for an answer that broke off, or that the provider marked as failed. */
export function brokenOff(model: Candidate, found: string): SpellError {
  return new SpellError('PROVIDER_FAILED', `Model '${model.id}' gave no whole answer: ${found}.`, {
    hint: 'Ask again, or name another model under fallback.',
    details: { provider: model.provider, kind: 'cut', retryable: true },
  })
}
