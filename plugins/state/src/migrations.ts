import type { ExtensionRegistry, Migration, MigrationItem } from '@llmspell/sdk'

/** What plugins contribute to the point `migrations`. */
export function migrationsOf(extensions: ExtensionRegistry): Promise<Migration[]> {
  const items = extensions.list<MigrationItem>('migrations')
  return Promise.all(
    items.map(async ({ name, item }) => {
      const { up, down } = await extensions.get('migrations', name)
      const { doc: _, name: __, ...facts } = item
      return { ...facts, up, ...(down ? { down } : {}) }
    }),
  )
}
