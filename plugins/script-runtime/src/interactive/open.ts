import type { Contribution, EngineItem, InteractiveRequest, InteractiveRun } from '@llmspell/sdk'
import { runFacts, sessionFacts } from '../facts.ts'
import type { HostParts } from '../host-side.ts'
import type { HostSide, HostedSession } from '../transport/session.ts'
import { Callbacks } from './callbacks.ts'
import { entryHost, type Answering } from './host.ts'
import { EntryRun } from './run.ts'
import { EntryScope } from './scope.ts'
import { Tape } from './tape.ts'

const FILE = 'repl'

/** What the runtime lends to a run of entries. */
export interface Lent {
  readonly parts: HostParts
  readonly engine: Contribution<EngineItem>
  /** Makes the scope known until its end. */
  readonly opened: (scope: EntryScope, file: string) => void
  readonly session: (host: HostSide) => Promise<HostedSession>
  /** Frees the scope and tells of its end. */
  readonly ended: (scope: EntryScope, file: string) => Promise<void>
}

/** @throws ENGINE_FAILED */
export async function openEntries(
  request: InteractiveRequest,
  { parts, engine, opened, session, ended }: Lent,
): Promise<InteractiveRun> {
  const { file = FILE } = request
  const script = { ...request, file, source: '' }
  const scope = new EntryScope(script)
  Object.assign(scope.facts, runFacts(scope, script, engine.item))
  const tape = new Tape()
  const callbacks = new Callbacks()
  scope.onUndo = (undo) => tape.onDrop(undo)
  const answering: Answering = { replay: undefined, late: undefined }
  const host = entryHost(parts, scope, sessionFacts(scope, script), tape, { answering, callbacks })
  const open = () => session(host)
  opened(scope, file)
  const { name, item } = engine
  const all = { scope, tape, answering, callbacks, open, engine: { name, language: item.language } }
  try {
    return new EntryRun({ ...all, ended: () => ended(scope, file) }, await open())
  } catch (error) {
    await ended(scope, file)
    throw error
  }
}
