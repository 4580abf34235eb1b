import type { Kernel } from '@llmspell/kernel'
import { isSpellError, SpellError, type Value } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { isOn, runOptions, text } from '../run/options.ts'
import { policyChain } from '../run/policy.ts'
import { patiently } from '../kernel/patient.ts'
import { readValue } from '../secret/value.ts'
import type { Stage } from '../stage.ts'
import { duration } from '../units.ts'
import { scopeText } from './scope.ts'
import { notFound, refusePassing, scopeFlag } from './store.ts'

/** No store takes more. */
const MOST_BYTES = 64 * 1024 * 1024

/** `state set KEY VALUE`: as a script would, through hooks and policy. */
export async function setState(stage: Stage): Promise<void> {
  const [key, given] = stage.parsed.args as [string, string]
  const scope = scopeText(scopeFlag(stage))
  const ttl = text(stage.parsed, 'ttl')
  const options = {
    ...(ttl === undefined ? {} : { ttl: duration('ttl', ttl) }),
    ...(isOn(stage.parsed, 'new') ? { if_version: 0 } : {}),
  }
  const value = valueOf(
    given === '-' ? await readValue(key, MOST_BYTES) : given,
    isOn(stage.parsed, 'text'),
  )
  await called(stage, 'save', [scope, key, value, options])
  out(
    stage.json
      ? `${toJson({ ok: true, scope, key })}\n`
      : `kept '${plain(key)}' in ${plain(scope)}\n`,
  )
}

/** `state delete KEY`. @throws STATE_NOT_FOUND */
export async function deleteState(stage: Stage): Promise<void> {
  const [key] = stage.parsed.args as [string]
  const scope = scopeFlag(stage)
  const where = scopeText(scope)
  await called(stage, 'delete', [where, key], async (kernel, found) => {
    if (found === true) return
    throw await notFound(await (await kernel.use('state')).backend(), scope, key)
  })
  out(
    stage.json
      ? `${toJson({ ok: true, scope: where, key })}\n`
      : `removed '${plain(key)}' from ${plain(where)}\n`,
  )
}

/** JSON is what it says; all else is text. @throws VALUE_INVALID of no JSON, and of a number that it would change */
export function valueOf(given: string, isText: boolean): Value {
  if (isText) return given
  try {
    return JSON.parse(given, exact) as Value
  } catch (cause) {
    if (isSpellError(cause)) throw cause
    if (!/^\s*[[{"]/.test(given)) return given
    throw new SpellError('VALUE_INVALID', `The value is no JSON: ${(cause as Error).message}.`, {
      hint: 'Correct it, or keep it as text with --text.',
      cause,
    })
  }
}

/** Digits that are all written are meant: `1e300` is not. */
function exact(_key: string, value: unknown, { source = '' }: { source?: string } = {}): unknown {
  const digits = typeof value === 'number' && Number.isFinite(value) && /^-?\d+$/.test(source)
  if (!digits || BigInt(value) === BigInt(source)) return value
  throw new SpellError(
    'VALUE_INVALID',
    `The number '${source.slice(0, 60)}' cannot be kept as it is written: expected one with fewer digits, found one that becomes ${value}.`,
    { hint: 'Keep it as text with --text.' },
  )
}

function called(
  stage: Stage,
  fn: string,
  args: readonly Value[],
  then: (kernel: Kernel, result: unknown) => Promise<void> = async () => {},
): Promise<void> {
  return patiently(stage, async () => {
    const config = await stage.config()
    const kernel = await stage.open(config)
    const options = runOptions(stage.parsed)
    refusePassing(await (await kernel.use('state')).backend())
    const runtime = await kernel.use('script-runtime')
    const chain = await policyChain(stage, kernel, config, options)
    await using run = runtime.open({ ...options, ...chain })
    await then(kernel, await run.call('State', fn, args))
  })
}
