import type {
  CallContext,
  HandleRef,
  ScriptCall,
  ScriptHandler,
  ScriptModuleHandlers,
  Value,
} from '@llmspell/sdk'
import { checkId } from './errors.ts'
import { validators } from './generated/session.module.validate.js'
import { ScriptReplays } from './script-replay.ts'
import type { Replays } from './replay.ts'
import { SessionWork } from './session.ts'
import type { Held, Parts } from './session.ts'
import type { ReplayOptions, SessionDraft, SessionFilter, SessionInfo } from './types.ts'

/** A session goes wherever its id goes. */
type Id = string | HandleRef
type Act = (id: string, rest: readonly unknown[], context: CallContext) => unknown

interface TagOptions {
  readonly remove?: boolean
}

/** The script module `Session`. */
export function sessionModule(parts: Parts, replays: Replays): ScriptModuleHandlers {
  const work = new SessionWork(parts)
  const rows = Object.entries(acts(work, new ScriptReplays(work, replays)))
  const both = rows.flatMap(([name, act]): [string, ScriptHandler][] => [
    [
      name,
      ({ args: [id, ...rest], context }: ScriptCall<readonly [Id, ...unknown[]]>) =>
        act(textOf(id, context), rest, context) as never,
    ],
    [
      `Session.${name}`,
      ({ self, args, context }: ScriptCall<readonly unknown[]>) =>
        act((self as unknown as Held).id, args, context) as never,
    ],
  ])
  const functions = { ...Object.fromEntries(both), ...others(work, parts, replays) }
  return { validators, functions }
}

/** Functions that take an id, and are methods of the session as well. */
function acts(work: SessionWork, replay: ScriptReplays): Readonly<Record<string, Act>> {
  return {
    get: (id, _rest, context) => work.get(id, context),
    save: (id, _rest, context) => work.save(id, context),
    load: (id, _rest, context) => work.load(id, context),
    suspend: (id, _rest, context) => work.suspend(id, context),
    resume: (id, _rest, context) => work.resume(id, context),
    complete: (id, _rest, context) => work.complete(id, context),
    delete: (id, _rest, context) => work.delete(id, context),
    tag: (id, [tags, options], context) =>
      work.tag(id, tags as string[], (options as TagOptions | undefined)?.remove ?? false, context),
    can_replay: (id, _rest, context) => replay.can(id, context),
    get_replay_metadata: (id, _rest, context) => replay.facts(id, context),
    replay: (id, [options], context) =>
      replay.replay(id, (options as ReplayOptions | undefined) ?? {}, context),
  }
}

const textOf = (id: Id, context: CallContext): string =>
  typeof id === 'string' ? id : (context.resolve(id) as Held).id

function others(
  work: SessionWork,
  { store, guard }: Parts,
  replays: Replays,
): Readonly<Record<string, ScriptHandler>> {
  return {
    create: ({ args: [draft], context }: ScriptCall<[SessionDraft?]>) =>
      work.create(draft ?? {}, context),
    list: async ({ args: [filter], context }: ScriptCall<[SessionFilter?]>) => {
      if (filter?.after !== undefined)
        await guard.require(checkId(filter.after), 'list', false, context)
      const rows = await store.list(filter, (id) => guard.allows(id, context))
      for (const row of rows) guard.seen(row, context)
      return rows as unknown as Value
    },
    list_replayable: async ({ context }: ScriptCall<[]>) => {
      const owners = await store.owners()
      const allows = (id: string): boolean => guard.allows(id, context)
      const isOpen = ({ runs }: SessionInfo): boolean =>
        runs.every((run) => (owners.get(run) ?? []).every(allows))
      const rows = (await store.list({ limit: 1000 }, allows)).filter(isOpen)
      const found = await Promise.all(rows.map(async (row) => (await replays.rows(row)).length > 0))
      const replayable = rows.filter((_row, at) => found[at])
      for (const row of replayable) guard.seen(row, context)
      return replayable as unknown as Value
    },
    get_current: ({ context }: ScriptCall<[]>) => work.current(context),
    set_current: ({ args: [id], context }: ScriptCall<[Id?]>) =>
      work.setCurrent(id === undefined ? id : textOf(id, context), context),
    'Session.set_current': ({ self, context }: ScriptCall<[]>) =>
      work.setCurrent((self as unknown as Held).id, context),
  }
}
