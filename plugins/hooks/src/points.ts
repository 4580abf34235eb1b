import { didYouMean, SpellError } from '@llmspell/sdk'
import type { HookPointInfo, HookRegistry, Verdict } from '@llmspell/sdk'

/** What a script can answer at a point beside nothing. */
export type Result = Verdict['type']

/** A point as scripts know it. */
export interface ScriptPoint extends Pick<
  HookPointInfo,
  'name' | 'kind' | 'doc' | 'aliases' | 'subject' | 'payload' | 'changes'
> {
  readonly results: ReadonlySet<Result>
  /** True where a hook that fails is reported and passed over. */
  readonly open: boolean
  /** True where the payload says which run it is about. */
  readonly ofRun: boolean
}

/** Before the name of a point that scripts call themselves. */
export const CUSTOM = 'custom:'
const CUSTOM_NAME = /^custom:[A-Za-z0-9][A-Za-z0-9_.:-]*$/

const BY_KIND: Readonly<Record<string, readonly Result[]>> = {
  guard: ['cancel', 'skip'],
  transform: ['modify', 'skip'],
  choose: ['replace', 'skip'],
}
const OF_CUSTOM: readonly Result[] = ['modify', 'cancel', 'replace', 'skip']

/** Every point of the plan, by its name and by its aliases. */
export class Points {
  readonly #hooks: HookRegistry
  #all: readonly ScriptPoint[] | undefined

  constructor(hooks: HookRegistry) {
    this.#hooks = hooks
  }

  all(): readonly ScriptPoint[] {
    this.#all ??= this.#hooks.list().map(scriptPoint)
    return this.#all
  }

  /** @throws HOOK_UNKNOWN with a suggestion, also where an alias stands for several points */
  get(name: string): ScriptPoint {
    if (name.startsWith(CUSTOM)) return customPoint(name)
    const exact = this.all().find((point) => point.name === name)
    if (exact) return exact
    const found = this.all().filter(({ aliases }) => aliases.includes(name))
    if (found.length > 1) throw ambiguous(name, found)
    return found[0] ?? unknown(name, this.all())
  }
}

function scriptPoint(info: HookPointInfo): ScriptPoint {
  const { kind, failOpen, payload } = info
  const own = kind === 'intercept' ? [...info.results, 'skip' as const] : (BY_KIND[kind] ?? [])
  const keys = (payload as { readonly properties?: object } | undefined)?.properties ?? {}
  const ofRun = 'run_id' in keys || 'runId' in keys
  return { ...info, results: new Set(own), open: failOpen, ofRun }
}

/** @throws HOOK_UNKNOWN for a name that cannot be one */
function customPoint(name: string): ScriptPoint {
  if (!CUSTOM_NAME.test(name)) {
    throw new SpellError('HOOK_UNKNOWN', `'${name}' cannot be the name of a point.`, {
      hint: `Write ${CUSTOM} and letters, digits, dots, dashes and underscores.`,
    })
  }
  const results: ReadonlySet<Result> = new Set(OF_CUSTOM)
  const doc = 'Called by Hook.call.'
  return { name, kind: 'intercept', doc, aliases: [], results, open: false, ofRun: true }
}

/** What stands for all custom points in lists. */
export const ANY_CUSTOM: ScriptPoint = {
  ...customPoint('custom:name'),
  name: 'custom:<name>',
  doc: 'A point of the scripts themselves: Hook.call asks its hooks.',
}

function unknown(name: string, points: readonly ScriptPoint[]): never {
  const names = points.flatMap((point) => [point.name, ...point.aliases])
  throw new SpellError('HOOK_UNKNOWN', `There is no hook point '${name}'.`, {
    hint: didYouMean(name, names, `Hook.points() lists them; ${CUSTOM} begins one of your own.`),
  })
}

function ambiguous(name: string, points: readonly ScriptPoint[]): SpellError {
  const names = points.map((point) => `'${point.name}'`).join(' and ')
  return new SpellError('HOOK_UNKNOWN', `The alias '${name}' stands for ${names}.`, {
    hint: 'Write one of these names.',
  })
}
