import type {
  EngineItem,
  ExtensionRegistry,
  Schema,
  ScriptModule,
  ScriptModuleItem,
  ToolItem,
} from '@llmspell/sdk'
import { apiOf, filesOf, TYPES_MARK } from '@llmspell/sdk/types-of'
import type { Text } from './write.ts'

type Item<T> = T & Readonly<Record<string, unknown>>

/** Where editors find the types of a folder. */
export const TYPES_FOLDER = '.llmspell/types'

/** The types of all that is installed, from manifests and descriptions alone. Loads no plugin. */
export function typesOf(extensions: ExtensionRegistry): readonly Text[] {
  const modules = extensions.list<Item<ScriptModuleItem>>('script-modules')
  const tools = extensions.list<Item<ToolItem>>('tools')
  const api = apiOf({
    modules: modules
      .filter(({ item }) => !item.hidden)
      .map((found) => extensions.document(found, 'module') as ScriptModule),
    tools: tools.map((found) => ({
      name: found.name,
      description: found.item.description,
      input: extensions.document(found, 'input') as Schema,
    })),
  })
  return filesOf(api).map(({ name, text }) => {
    return { path: `${TYPES_FOLDER}/${name}`, text, mark: TYPES_MARK }
  })
}

/** Version of the Lua that scripts get, for editors. */
export function luaVersion(extensions: ExtensionRegistry): string {
  const engines = extensions.list<Item<EngineItem>>('engines')
  const found =
    engines.find(({ name }) => name === 'lua') ??
    engines.find(({ item }) => item.language === 'lua')
  return found?.item.version ?? '5.4'
}
