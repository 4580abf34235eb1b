import type { Schema, ToolRegistry } from '@llmspell/sdk'
import type { Catalog } from './catalog.ts'
import { describeTool, ranked, select } from './describe.ts'

/** The service: what there is, without loading any of it. */
export function registry(catalog: Catalog): ToolRegistry {
  return {
    list: (filter, context) => {
      const order = filter?.query === undefined ? select : ranked
      return order(catalog.all(context), filter).map(describeTool)
    },
    describe: (name, context) => describeTool(catalog.get(name, context)),
    register(item, tool, context) {
      const parts = {
        item,
        source: item.source,
        version: '0.0.0',
        input: schemaOf(item.input),
        output: item.output === undefined ? undefined : schemaOf(item.output),
        load: () => Promise.resolve(tool),
      }
      return catalog.remover(catalog.add(parts, context), context)
    },
  }
}

/** A path means a file of a package, and a tool that comes at run time has none. */
function schemaOf(schema: Schema | string): Schema {
  if (typeof schema !== 'string') return schema
  throw new TypeError('A tool that is registered at run time gives its schemas as objects.')
}
