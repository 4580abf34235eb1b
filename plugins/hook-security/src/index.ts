import { definePlugin } from '@llmspell/sdk'
import type { ToolRegistry } from '@llmspell/sdk'
import { Book } from './book.ts'
import { EgressRules } from './egress.ts'
import type { SecurityConfig } from './generated/config.ts'
import { Policy } from './policy.ts'
import { Taps } from './taps.ts'
import type { ToolTraits } from './taps.ts'
import type { Judge } from './verdict.ts'

export type * from './types.ts'

/** Behind other plugins and before scripts: these see what was made of it. */
const STAGE = 50
/** Behind scripts, before what is kept or counted: what they have changed is looked at too. */
const BEHIND_SCRIPTS = 900
/** A long conversation is read once as a whole. */
const TIMEOUT_MS = 60_000
const SENDING = ['net', 'net-private', 'run']

/** The plugin `hook-security`: looks for planted instructions, secrets and hosts where texts come in and go out. */
export default definePlugin<SecurityConfig>({
  setup(ctx) {
    const { config, logger } = ctx
    const book = new Book(logger)
    const taps = new Taps({
      judge: lazyJudge(config),
      book,
      egress: new EgressRules(config.egress),
      traitsOf: (tool) => traitsOf(ctx.find('tools'), tool),
    })
    const options = { stage: STAGE, timeout: TIMEOUT_MS }
    ctx.provide('security-findings', book)
    if (!config.enabled) return
    const as = <T>(tap: T): never => tap as never
    const again = { ...options, stage: BEHIND_SCRIPTS }
    for (const each of [options, again]) {
      ctx.tap('tool.input', as(taps.input.bind(taps)), each)
      ctx.tap('llm.request' as never, as(taps.request.bind(taps)), each)
    }
    ctx.tap('tool.output', as(taps.output.bind(taps)), options)
  },
})

/** Patterns are compiled when something is looked at. */
function lazyJudge(config: SecurityConfig): () => Promise<Judge> {
  const policy = new Policy(config)
  let making: Promise<Judge> | undefined
  const make = async (): Promise<Judge> => {
    const [detector, verdict] = await Promise.all([import('./detector.ts'), import('./verdict.ts')])
    return new verdict.Judge(await detector.Detector.create(config.patterns), policy)
  }
  return () => (making ??= make())
}

/** A tool that nobody knows, such as one of the script, is taken for one that neither fetches nor sends. */
function traitsOf(tools: ToolRegistry | undefined, name: string): ToolTraits {
  try {
    const { permissions = {}, untrusted = false } = tools?.describe(name) ?? {}
    const sends = SENDING.some((permission) => permissions[permission] !== undefined)
    return { untrusted, sends }
  } catch {
    return { untrusted: false, sends: false }
  }
}
