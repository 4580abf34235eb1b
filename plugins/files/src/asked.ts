import type { Access, Permissions } from '@llmspell/sdk'
import type { FilesConfig } from './generated/config.ts'

/** What the service works with. */
export interface Means {
  readonly permissions: Permissions
  readonly config: FilesConfig
}

/** One request on its way: as asked, and where that is before links are followed. */
export interface Asked {
  readonly means: Means
  readonly access: Access
  readonly lexical: string
  readonly shown: string
}
