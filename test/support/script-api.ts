import type { EngineItem, Schema, ScriptModule, ScriptModuleItem, ToolItem } from '@llmspell/sdk'
import { apiOf, type Api, type ApiSources } from '@llmspell/sdk/types-of'
import type { House } from './kernel.ts'

type Item<T> = T & Readonly<Record<string, unknown>>

/** What the manifests of a house describe. Loads no plugin. */
export function sourcesOf({ kernel: { extensions } }: House): ApiSources {
  const modules = extensions.list<Item<ScriptModuleItem>>('script-modules')
  const tools = extensions.list<Item<ToolItem>>('tools')
  return {
    modules: modules
      .filter(({ item }) => !item.hidden)
      .map((found) => extensions.document(found, 'module') as ScriptModule),
    tools: tools.map((found) => ({
      name: found.name,
      description: found.item.description,
      input: extensions.document(found, 'input') as Schema,
    })),
  }
}

export const apiOfHouse = (house: House): Api => apiOf(sourcesOf(house))

/** Names and languages of the installed engines. */
export function enginesOf({ kernel }: House): readonly EngineItem[] {
  return kernel.extensions.list<Item<EngineItem>>('engines').map(({ item }) => item)
}
