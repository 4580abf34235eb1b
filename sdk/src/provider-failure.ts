import { isSpellError } from './errors.ts'
import type { FailureKind, ProviderFailure } from './contracts/provider.ts'

/** Kinds that may pass by themselves, so that the same question may be asked again. */
const PASSING: ReadonlySet<FailureKind> = new Set(['rate', 'network', 'timeout', 'server', 'cut'])

/** Kinds that say nothing of what another model would answer. */
const FOR_THE_NEXT: ReadonlySet<FailureKind> = new Set([
  ...PASSING,
  'quota',
  'model',
  'auth',
  'malformed',
])

const KINDS_OF_STATUS: Readonly<Record<number, FailureKind>> = {
  401: 'auth',
  402: 'quota',
  403: 'auth',
  404: 'model',
  408: 'timeout',
  413: 'context',
  429: 'rate',
}

/** The kind that a status of HTTP stands for, where a server says no more. */
export function kindOfStatus(status: number): FailureKind {
  return KINDS_OF_STATUS[status] ?? (status >= 500 ? 'server' : 'request')
}

/** True for a kind after which the same question may be asked again. */
export function isPassing(kind: FailureKind): boolean {
  return PASSING.has(kind)
}

/** The details of a PROVIDER_FAILED; nothing for any other error. */
export function providerFailure(error: unknown): ProviderFailure | undefined {
  if (!isSpellError(error) || error.code !== 'PROVIDER_FAILED') return undefined
  return (error.details ?? undefined) as ProviderFailure | undefined
}

/** True for a failure after which the next model may be asked: of the line or the account, not of the question. */
export function isForNextModel(error: unknown): boolean {
  if (isSpellError(error) && error.code === 'MODEL_UNKNOWN') return true
  const kind = providerFailure(error)?.kind
  return kind !== undefined && FOR_THE_NEXT.has(kind)
}
