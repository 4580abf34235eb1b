import type { Kernel, KernelReport } from '@llmspell/kernel'
import { isSpellError, SpellError } from '@llmspell/sdk'
import type { Config } from '../config.ts'

/**
 * Refuses a config with names that mean no plugin.
 * @throws CONFIG_INVALID for the first, with a suggestion
 */
export function refuseNames({ problems }: KernelReport, file: string): void {
  const found = problems.find(
    ({ code, plugin }) => code === 'CONFIG_INVALID' && plugin === 'kernel',
  )
  if (found) throw inFile(found.text, found.hint, file)
}

/**
 * Refuses a config with sections that break the schemas of their plugins, whether this run needs them or not.
 * @throws CONFIG_INVALID for the first, with a suggestion
 */
export async function refuseSections(kernel: Kernel, config: Config, file: string): Promise<void> {
  try {
    await kernel.checkSections(Object.keys(config.plugins ?? {}))
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'CONFIG_INVALID') throw error
    throw inFile(error.message, error.hint, file)
  }
}

/** The fault of the config that an error comes from, however many plugins it has passed. */
export function configFault(
  error: unknown,
  kernel: Kernel | undefined,
  file: string,
): SpellError | undefined {
  const rows = kernel?.list() ?? []
  const known = new Set(
    rows.flatMap(({ failure }) => (failure?.code === 'CONFIG_INVALID' ? [failure.message] : [])),
  )
  // A script can raise any code: only what the kernel has said itself counts.
  for (let at = error; isSpellError(at); at = at.cause) {
    if (known.has(at.message)) return inFile(at.message, at.hint, file)
  }
  return undefined
}

function inFile(text: string, hint: string | undefined, file: string): SpellError {
  const message = text.replace(/^The config\b/, `Config file '${file}'`)
  return new SpellError('CONFIG_INVALID', message, { hint })
}
