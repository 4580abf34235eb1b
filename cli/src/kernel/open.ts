import { join } from 'node:path'
import { createKernel, type Kernel } from '@llmspell/kernel'
import { SpellError, type ErrorItem, type Logger } from '@llmspell/sdk'
import type { Config } from '../config.ts'
import { cacheFolder, homeIsRelative, pluginFolder } from '../places.ts'
import { pluginDefaults, withDefaults } from './defaults.ts'

/** How a kernel is opened. */
export interface Opening {
  readonly logger: Logger
  /** Reads every package.json, in the place of what an earlier start kept of it. */
  readonly reread: boolean
}

/**
 * A started kernel over the plugins that the package `llmspell` names and those of the user.
 * @param root folder of the package `llmspell`
 * @throws CONFIG_INVALID for a relative LLMSPELL_HOME
 */
export async function openKernel(
  root: string,
  config: Config,
  { logger, reread }: Opening,
): Promise<Kernel> {
  const { env, platform } = process
  if (homeIsRelative(env)) throw relativeHome()
  const folder = pluginFolder(env, platform)
  const cache = cacheFolder(env, platform)
  const program = join(root, 'dist', 'main.cjs')
  const { prefer, disabled } = config
  const plugins = withDefaults(config.plugins, pluginDefaults(env, platform))
  const kernel = createKernel({
    packages: { file: join(root, 'package.json') },
    ...(folder ? { folder } : {}),
    ...(cache ? { index: { folder: join(cache, 'manifests'), program } } : {}),
    reread,
    config: { plugins, ...(prefer ? { prefer } : {}) },
    ...(disabled ? { disabled } : {}),
    logger,
  })
  await kernel.start()
  return kernel
}

function relativeHome(): SpellError {
  return new SpellError('CONFIG_INVALID', 'LLMSPELL_HOME must be an absolute path.', {
    hint: 'Write the whole path, from the root, or unset it.',
  })
}

/** The codes that kernel and plugins brought, with their classes. Loads no plugin. */
export function errorItems(kernel: Kernel | undefined): readonly ErrorItem[] {
  return (
    kernel?.extensions
      .list<ErrorItem & Record<string, unknown>>('errors')
      .map((found) => found.item) ?? []
  )
}
