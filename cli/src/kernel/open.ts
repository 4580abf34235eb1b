import { join } from 'node:path'
import { createKernel, type Kernel, type KernelOptions } from '@llmspell/kernel'
import { SpellError, type ErrorItem, type Logger } from '@llmspell/sdk'
import type { Config } from '../config.ts'
import { makeFolders } from '../folders.ts'
import { cacheFolder, homeIsRelative, pluginFolder } from '../places.ts'
import { folderSettings } from '../plugin/settings.ts'
import { OWN_WORDS, ownPlugin } from './own.ts'
import { pluginDefaults, storeDefaults, withDefaults } from './defaults.ts'

/** How a kernel is opened. */
export interface Opening {
  readonly logger: Logger
  /** Reads every package.json, in the place of what an earlier start kept of it. */
  readonly reread: boolean
  /** Folders of plugins under development, before those that the user has linked. */
  readonly linked?: readonly string[]
}

/**
 * A started kernel over the plugins that the package `llmspell` names and those of the user.
 * @param root folder of the package `llmspell`
 * @throws CONFIG_INVALID for a relative LLMSPELL_HOME
 */
export async function openKernel(root: string, config: Config, opening: Opening): Promise<Kernel> {
  const kernel = createKernel(kernelOptions(root, config, opening))
  await kernel.start()
  return kernel
}

/** The options of that kernel. @throws CONFIG_INVALID for a relative LLMSPELL_HOME */
export function kernelOptions(
  root: string,
  config: Config,
  { logger, reread, linked: more = [] }: Opening,
): KernelOptions {
  const { env, platform } = process
  if (homeIsRelative(env)) throw relativeHome()
  if (env['LLMSPELL_HOME']) refuseHome(env['LLMSPELL_HOME'])
  const folder = pluginFolder(env, platform)
  const cache = cacheFolder(env, platform)
  const program = join(root, 'dist', 'main.cjs')
  const { linked, disabled } = folderSettings(folder, logger)
  const { prefer, disabled: off = [] } = config
  const defaults = { ...pluginDefaults(env, platform), ...storeDefaults(root, folder) }
  const plugins = withDefaults(config.plugins, defaults)
  return {
    plugins: [ownPlugin(root), ...(config.files ?? [])],
    reserved: { commands: OWN_WORDS },
    packages: { file: join(root, 'package.json') },
    ...(folder ? { folder } : {}),
    ...(cache ? { index: { folder: join(cache, 'manifests'), program } } : {}),
    reread,
    linked: [...more, ...linked],
    config: { plugins, ...(prefer ? { prefer } : {}) },
    disabled: [...off, ...disabled],
    logger,
  }
}

/** A place that no folder can be made in would keep every plugin that makes its own there forever. */
function refuseHome(home: string): void {
  try {
    makeFolders(home, 0o700)
  } catch (cause) {
    // One that may only be read is no fault of a run that keeps nothing.
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return
    const text = `LLMSPELL_HOME cannot be made: ${(cause as Error).message}.`
    throw new SpellError('CONFIG_INVALID', text, { hint: 'Name a folder on a disk.', cause })
  }
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
