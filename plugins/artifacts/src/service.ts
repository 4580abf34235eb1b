import type { Artifacts } from '@llmspell/sdk'
import type { Store } from './store.ts'

/** The store, opened when it is first needed: most runs never store anything. */
export type OpenStore = () => Promise<Store>

/** The service over a store that may not be open yet. */
export function artifactService(open: OpenStore): Artifacts {
  return {
    save: async (content, facts) => (await open()).save(content, facts),
    info: async (id) => (await open()).info(id),
    async *read(id, range) {
      yield* (await open()).read(id, range)
    },
    list: async (filter) => (await open()).list(filter),
    remove: async (id) => (await open()).remove(id),
    release: async (session, id) => (await open()).release(session, id),
  }
}
