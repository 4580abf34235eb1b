import { SDK_VERSION } from '../version.ts'
import { pinsMajor } from '../versions.ts'
import { CONTRACTS, contractOf, isNewer } from './levels.ts'

/** What the texts name. */
export interface Engine {
  readonly id: string
  readonly package: string
  /** `engines.llmspell`; empty where there is none. */
  readonly engine: string
}

/** Why this kernel cannot run a plugin of that range, and what to do. */
export interface EngineFault {
  readonly text: string
  readonly hint: string
}

/** `engines.llmspell` must pin a major, and hold a level that this kernel keeps. */
export function engineFault(found: Engine): EngineFault | undefined {
  const { id, engine } = found
  const hint = `Write "engines": { "llmspell": "^${SDK_VERSION}" } in its package.json.`
  if (engine === '') return { text: `Plugin '${id}' does not say which llmspell it needs.`, hint }
  if (!pinsMajor(engine)) {
    const text = `Plugin '${id}' needs llmspell '${engine}'; expected a range within one major.`
    return { text, hint }
  }
  return contractOf(engine) === undefined ? outOfReach(found) : undefined
}

function outOfReach({ id, package: name, engine }: Engine): EngineFault {
  const kept = CONTRACTS.join(' and ')
  const text = `Plugin '${id}' needs llmspell ${engine}, this is ${SDK_VERSION}, which keeps the contracts ${kept}.`
  const hint = isNewer(engine)
    ? `Update llmspell, or install a version of ${name} for ${SDK_VERSION}.`
    : `Install a newer version of ${name}, one for llmspell ${CONTRACTS.join(' or ')}.`
  return { text, hint }
}
