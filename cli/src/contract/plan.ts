import type { Manifest } from '@llmspell/sdk'

/** One thing that a plugin brings, and what tests it. */
export interface PlannedSuite {
  /** `tools word-count`. */
  readonly subject: string
  /** Function of the test kit; absent where no suite can be made from the manifest alone. */
  readonly suite?: 'toolSuite' | 'engineSuite' | 'hookSuite' | 'scriptModuleSuite' | 'storeSuite'
  readonly name?: string
  readonly language?: string
  /** Why nothing runs. */
  readonly why?: string
}

type Item = Readonly<Record<string, unknown>> & { readonly name: string }

const KIT: Readonly<Record<string, string>> = {
  providers: 'providerSuite, with a server of its own',
  executors: 'executorSuite, with a place of its own',
}
const DATA = new Set(['hooks', 'hookPoints', 'points', 'errors'])

/**
 * What the contract of a plugin comes to. Looks at the manifest alone.
 * @param older its level, where that is not the one of this program
 */
export function planSuites(
  { contributes = {} }: Manifest,
  older?: string,
): readonly PlannedSuite[] {
  const hooks = contributes.hooks ?? []
  const rows = Object.entries(contributes).filter(([point]) => !DATA.has(point))
  const all: readonly PlannedSuite[] = [
    ...(hooks.length > 0 ? [{ subject: 'hooks', suite: 'hookSuite' as const }] : []),
    ...rows.flatMap(([point, items]) =>
      (items as readonly Item[]).map((item) => planned(point, item)),
    ),
  ]
  if (older === undefined) return all
  const why = `in its own tests: it is held to ${older}, and this kit is newer`
  return all.map(({ subject }) => ({ subject, why }))
}

function planned(point: string, item: Item): PlannedSuite {
  const { name } = item
  const subject = `${point} ${name}`
  if (point === 'script-modules') return { subject, suite: 'scriptModuleSuite', name }
  if (point === 'tools') return { subject, suite: 'toolSuite', name }
  if (point === 'stores') return { subject, suite: 'storeSuite', name }
  if (point === 'engines') return engine(subject, item)
  const kit = KIT[point]
  return { subject, why: kit ? `in its own tests: ${kit}` : 'there is no suite for this point' }
}

function engine(subject: string, { name, language }: Item): PlannedSuite {
  if (language === 'lua' || language === 'javascript')
    return { subject, suite: 'engineSuite', name, language }
  return { subject, why: 'in its own tests: engineSuite, with scripts of its language' }
}
