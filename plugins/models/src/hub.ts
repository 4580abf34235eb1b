import type {
  Budgets,
  CallContext,
  ExtensionRegistry,
  HookPoint,
  Logger,
  Permissions,
  Recorder,
  Secrets,
} from '@llmspell/sdk'
import type { Catalog } from './catalog.ts'
import type { ModelsConfig } from './generated/config.ts'
import { dotenvNames } from './dotenv.ts'
import { hostAccess } from './access.ts'
import { connect } from './keys.ts'
import type { Connected } from './keys.ts'
import type { Line } from './line.ts'
import { withPrices } from './prices.ts'
import { isDefault, resolveModel } from './resolve.ts'
import { answeringTape, hubOf } from './taped.ts'
import type { ModelSpec, ResolvedModel } from './types.ts'

/** The hook points that a call passes, in this order. */
export interface Points {
  readonly route: HookPoint<'llm.route'>
  readonly request: HookPoint<'llm.request'>
  readonly chunk: HookPoint<'llm.chunk'>
  readonly response: HookPoint<'llm.response'>
  readonly error: HookPoint<'llm.error'>
  readonly done: HookPoint<'llm.done'>
  readonly breaker: HookPoint<'llm.breaker'>
}

/** What the parts of this plugin share. */
export interface Hub {
  readonly catalog: Catalog
  readonly config: ModelsConfig
  readonly extensions: ExtensionRegistry
  readonly points: Points
  readonly permissions: Permissions | undefined
  readonly secrets: Secrets | undefined
  readonly recorder?: Recorder | undefined
  /** Absent: nothing is limited. */
  readonly budgets?: Budgets | undefined
  readonly line: Line
  readonly logger: Logger
  /** The host's environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** From 0 to 1; tests make it steady. */
  readonly random: () => number
}

/** @throws MODEL_INVALID, MODEL_UNKNOWN, PROVIDER_UNKNOWN, PROVIDER_UNAVAILABLE */
export async function resolveIn(
  hub: Hub,
  spec: ModelSpec | undefined,
  context: CallContext | undefined,
): Promise<ResolvedModel> {
  return withPrices(await found(hub, spec, context), hub.config)
}

async function found(
  hub: Hub,
  spec: ModelSpec | undefined,
  context: CallContext | undefined,
): Promise<ResolvedModel> {
  const tape = answeringTape(hub, context)
  if (tape) return resolveTaped(hubOf(hub, context), spec, context, tape.unnamed)
  // Only then does it matter which keys there are.
  const dotenv = isDefault(hub, spec, context) ? await dotenvNames(hub, context) : undefined
  return resolveModel(dotenv ? { ...hub, dotenv } : hub, spec, context)
}

function resolveTaped(
  hub: Hub,
  spec: ModelSpec | undefined,
  context: CallContext | undefined,
  unnamed: string | undefined,
): ResolvedModel {
  const open = unnamed !== undefined && isDefault(hub, spec, context)
  const settings = open ? { ...context?.settings, model: unnamed } : context?.settings
  return resolveModel(hub, spec, context && { ...context, settings: settings ?? {} })
}

/**
 * Address and key; neither where a tape may have the answer.
 * @throws PERMISSION_DENIED, PROVIDER_KEY_MISSING, MODEL_INVALID, SECRET_UNKNOWN, SECRET_BOUND, SECRET_LOCKED
 */
export async function connectIn(
  hub: Hub,
  model: ResolvedModel,
  context: CallContext | undefined,
): Promise<Connected> {
  if (!answeringTape(hub, context)) return connectLive(hub, model, context)
  const { provider, model: id, settings } = model
  return { settings: { provider, model: id, settings }, access: hostAccess(model, context, {}) }
}

/** @throws PERMISSION_DENIED, PROVIDER_KEY_MISSING, MODEL_INVALID, SECRET_UNKNOWN, SECRET_BOUND, SECRET_LOCKED */
export function connectLive(
  hub: Hub,
  model: ResolvedModel,
  context: CallContext | undefined,
): Promise<Connected> {
  const { env, permissions, secrets } = hub
  return connect({
    endpoint: hub.catalog.endpoint(model.provider),
    model,
    env,
    permissions,
    secrets,
    context,
  })
}
