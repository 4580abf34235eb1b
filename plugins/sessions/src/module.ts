import type {
  CallContext,
  HandleRef,
  ScriptCall,
  ScriptHandler,
  ScriptModuleHandlers,
  Value,
} from '@llmspell/sdk'
import { validators } from './generated/session.module.validate.js'
import { checkId } from './errors.ts'
import { SessionWork } from './session.ts'
import type { Draft, Held, Parts } from './session.ts'
import type { SessionFilter } from './types.ts'

type Act = 'get' | 'save' | 'load' | 'suspend' | 'resume' | 'complete' | 'delete'

const ACTS: readonly Act[] = ['get', 'save', 'load', 'suspend', 'resume', 'complete', 'delete']

/** The script module `Session`. */
export function sessionModule(parts: Parts): ScriptModuleHandlers {
  const work = new SessionWork(parts)
  const rows = ACTS.flatMap((act): [string, ScriptHandler][] => [
    [act, ({ args: [id], context }: ScriptCall<[Id]>) => work[act](textOf(id, context), context)],
    [`Session.${act}`, ({ self, context }: ScriptCall<[]>) => work[act](idOf(self), context)],
  ])
  return { validators, functions: { ...Object.fromEntries(rows), ...others(work, parts) } }
}

/** A session goes wherever its id goes. */
type Id = string | HandleRef

const textOf = (id: Id, context: CallContext): string =>
  typeof id === 'string' ? id : idOf(context.resolve(id))

const idOf = (self: unknown): string => (self as Held).id

function others(
  work: SessionWork,
  { store, guard }: Parts,
): Readonly<Record<string, ScriptHandler>> {
  return {
    create: ({ args: [draft], context }: ScriptCall<[Draft?]>) => work.create(draft ?? {}, context),
    list: async ({ args: [filter], context }: ScriptCall<[SessionFilter?]>) => {
      if (filter?.after !== undefined) checkId(filter.after)
      const rows = await store.list(filter, (id) => guard.allows(id, context))
      return rows as unknown as Value
    },
    get_current: ({ context }: ScriptCall<[]>) => work.current(context),
    set_current: ({ args: [id], context }: ScriptCall<[Id?]>) =>
      work.setCurrent(id === undefined ? id : textOf(id, context), context),
    'Session.set_current': ({ self, context }: ScriptCall<[]>) =>
      work.setCurrent(idOf(self), context),
  }
}
