import { rm } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import type { ArtifactsConfig } from './generated/config.ts'
import { preparedPlace, temporaryPlace } from './place.ts'
import { Store } from './store.ts'

export interface OpenedStore {
  readonly store: Store
  /** Removes what was kept for this process only. */
  readonly dispose: () => Promise<void>
}

/** @throws CONFIG_INVALID, ARTIFACT_FAILED */
export async function openStore(config: ArtifactsConfig): Promise<OpenedStore> {
  const { folder } = config
  if (folder === undefined) {
    const place = await temporaryPlace()
    const dispose = (): Promise<void> => rm(place.folder, { recursive: true, force: true })
    return { store: new Store(place, config), dispose }
  }
  if (!isAbsolute(folder)) throw relative()
  return { store: new Store(await preparedPlace(folder), config), dispose: async () => {} }
}

function relative(): SpellError {
  return new SpellError('CONFIG_INVALID', "'plugins.artifacts.folder' must be an absolute path.", {
    hint: 'Write the whole path, from the root, or leave it out.',
  })
}
