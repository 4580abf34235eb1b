import { join } from 'node:path'
import { createKernel, type Kernel } from '@llmspell/kernel'
import type { ErrorItem, Logger } from '@llmspell/sdk'
import type { Config } from '../config.ts'
import { dataFolder } from '../places.ts'

/**
 * A started kernel over the plugins that the package `llmspell` names and those of the user.
 * @param root folder of the package `llmspell`
 */
export async function openKernel(root: string, config: Config, logger: Logger): Promise<Kernel> {
  const { plugins, prefer, disabled } = config
  const kernel = createKernel({
    packages: { file: join(root, 'package.json') },
    folder: join(dataFolder(process.env, process.platform), 'plugins'),
    config: { ...(plugins ? { plugins } : {}), ...(prefer ? { prefer } : {}) },
    ...(disabled ? { disabled } : {}),
    logger,
  })
  await kernel.start()
  return kernel
}

/** The codes that kernel and plugins brought, with their classes. Loads no plugin. */
export function errorItems(kernel: Kernel | undefined): readonly ErrorItem[] {
  return (
    kernel?.extensions
      .list<ErrorItem & Record<string, unknown>>('errors')
      .map((found) => found.item) ?? []
  )
}
