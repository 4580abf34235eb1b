import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '@llmspell/sdk'

/** What the plugin folder says beside its lock. */
export interface FolderSettings {
  readonly linked: readonly string[]
  readonly disabled: readonly string[]
}

const NONE: FolderSettings = { linked: [], disabled: [] }

/** Folders under development and what is switched off; a file that says neither is told, and counts as none. */
export function folderSettings(folder: string | undefined, logger: Logger): FolderSettings {
  const text = folder === undefined ? undefined : textOf(join(folder, 'plugins.json'))
  if (text === undefined) return NONE
  try {
    const { linked = [], disabled = [] } = JSON.parse(text) as Partial<FolderSettings>
    if ([linked, disabled].every(isTexts)) return { linked, disabled }
  } catch {
    // Told below, like every other text that makes no sense.
  }
  logger.warn(`'${folder}/plugins.json' is broken: no plugin is linked or switched off by it.`)
  return NONE
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
