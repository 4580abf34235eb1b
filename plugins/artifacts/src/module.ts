import type { Files, Permissions, ScriptCall, ScriptModuleHandlers } from '@llmspell/sdk'
import { Contents } from './contents.ts'
import { validators } from './generated/artifact.module.validate.js'
import type { IdArg, SessionArg } from './held.ts'
import { Keeping } from './keeping.ts'
import type { Draft } from './keeping.ts'
import type { Query } from './query.ts'
import type { OpenStore } from './service.ts'

export interface Services {
  readonly permissions: Permissions
  readonly files: Files | undefined
  readonly open: OpenStore
}

type Call<Args extends readonly unknown[]> = ScriptCall<Args>
/** With a session in front, or without one. */
type Place = readonly [SessionArg | IdArg, IdArg?]
type Positional<Content> = readonly [SessionArg, string, ...Content[]]

/** The script module `Artifact`. */
export function artifactModule(services: Services): ScriptModuleHandlers {
  const keeping = new Keeping(services)
  const contents = new Contents(services)
  const placed = ([first, id]: Place): readonly [SessionArg | undefined, IdArg] =>
    id === undefined ? [undefined, first as IdArg] : [first as SessionArg, id]
  return {
    validators,
    functions: {
      save: ({ args: [draft], context }: Call<[Draft]>) => keeping.save(draft, 'save', context),
      store: ({ args, context }: Call<Positional<never>>) => keeping.store(args, context),
      store_file: ({ args, context }: Call<Positional<never>>) => keeping.storeFile(args, context),
      get: ({ args, context }: Call<Place>) => contents.get(...placed(args), context),
      stream: ({ args: [id], context }: Call<[IdArg]>) => contents.stream(id, context),
      list: ({ args: [session], context }: Call<[SessionArg?]>) =>
        contents.list(session, 'list', context),
      query: ({ args: [query = {}], context }: Call<[Query?]>) => contents.query(query, context),
      delete: ({ args, context }: Call<Place>) => contents.delete(...placed(args), context),
      export: ({ args: [id, path], context }: Call<[IdArg, string]>) =>
        contents.export(id, path, context),
    },
  }
}
