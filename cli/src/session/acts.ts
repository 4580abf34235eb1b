import { artifactTable } from '../artifact/page.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { canAsk } from '../run/ask.ts'
import { allowed, denied, isOn, text } from '../run/options.ts'
import { EXIT_CODES } from '../exit.ts'
import type { Body, Stage } from '../stage.ts'
import { count } from '../units.ts'
import { agreed, needsYes, unfinishedRuns } from './delete.ts'
import { findSession } from './find.ts'
import { replayPage, sessionPage, sessionTable } from './page.ts'
import { sessionsOf } from './service.ts'
import type { SessionInfo, Sessions } from './service.ts'

const DEFAULT_LIMIT = '50'
/** Sessions that are looked through for children. */
const MOST = 1000

const paint = () => painter(process.stdout.isTTY)

export async function listSessions(stage: Stage): Promise<void> {
  const { parsed } = stage
  const limit = count('limit', text(parsed, 'limit') ?? DEFAULT_LIMIT)
  const [status, tags] = [text(parsed, 'status'), parsed.flags['tag']]
  const filter = { limit, ...(status ? { status } : {}), ...(tags ? { tags } : {}) }
  const { sessions } = await sessionsOf(stage)
  const rows = await sessions.list(filter)
  out(stage.json ? `${toJson({ ok: true, sessions: rows })}\n` : sessionTable(rows, paint()))
}

export async function showSession(stage: Stage): Promise<void> {
  const { kernel, sessions } = await sessionsOf(stage)
  const session = await findSession(sessions, stage.parsed.args[0]!)
  const held = await (await kernel.use('artifacts')).list({ session: session.id })
  const all = await sessions.list({ limit: MOST })
  const children = all.filter((row) => row.parent_session_id === session.id).map(({ id }) => id)
  const facts = { usage: await sessions.usage(session.id), artifacts: held.length, children }
  if (stage.json) out(`${toJson({ ok: true, session, ...facts })}\n`)
  else out(sessionPage(session, facts, paint()))
}

export async function createSession(stage: Stage): Promise<void> {
  const { parsed } = stage
  const [name, description, tags] = [
    parsed.args[0],
    text(parsed, 'description'),
    parsed.flags['tag'],
  ]
  const { sessions } = await sessionsOf(stage)
  const session = await sessions.create({
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
  })
  out(stage.json ? `${toJson({ ok: true, session })}\n` : `${session.id}\n`)
}

export async function tagSession(stage: Stage): Promise<void> {
  const [given, ...tags] = [...stage.parsed.args, ...stage.parsed.rest]
  const remove = isOn(stage.parsed, 'remove')
  await act(stage, given!, (sessions, { id }) => sessions.tag(id, tags, { remove }))
}

/** One that changes how a session stands. */
export function acting(verb: 'save' | 'suspend' | 'resume' | 'complete'): Body {
  return (stage) => act(stage, stage.parsed.args[0]!, (sessions, { id }) => sessions[verb](id))
}

async function act(
  stage: Stage,
  given: string,
  change: (sessions: Sessions, session: SessionInfo) => Promise<SessionInfo>,
): Promise<void> {
  const { sessions } = await sessionsOf(stage)
  const session = await change(sessions, await findSession(sessions, given))
  if (stage.json) out(`${toJson({ ok: true, session })}\n`)
  else out(sessionTable([session], paint()))
}

export async function deleteSession(stage: Stage): Promise<void> {
  const { kernel, sessions } = await sessionsOf(stage)
  const session = await findSession(sessions, stage.parsed.args[0]!)
  const { id } = session
  const unfinished = await unfinishedRuns(kernel, session)
  if (!isOn(stage.parsed, 'yes')) {
    if (canAsk(stage.parsed)) {
      if (!(await agreed(session, unfinished))) return out('Nothing was deleted.\n')
    } else if (unfinished.length > 0) throw needsYes(id, unfinished)
  }
  await sessions.delete(id)
  out(stage.json ? `${toJson({ ok: true, id })}\n` : `${id} is deleted.\n`)
}

export async function sessionArtifacts(stage: Stage): Promise<void> {
  const { kernel, sessions } = await sessionsOf(stage)
  const { id } = await findSession(sessions, stage.parsed.args[0]!)
  const artifacts = await (await kernel.use('artifacts')).list({ session: id })
  if (stage.json) out(`${toJson({ ok: true, session: id, artifacts })}\n`)
  else out(artifactTable(artifacts, paint()))
}

/** @returns 1 where something differs */
export async function replaySession(stage: Stage): Promise<number> {
  const { parsed } = stage
  const { sessions } = await sessionsOf(stage)
  const { id } = await findSession(sessions, parsed.args[0]!)
  const [mode, model, timeout] = ['mode', 'model', 'timeout'].map((name) => text(parsed, name))
  const changes = parsed.flags['change']
  const replay = await sessions.replay(id, {
    ...(mode === undefined ? {} : { mode }),
    ...(model === undefined ? {} : { model }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(changes === undefined ? {} : { changes }),
    stop_on_error: isOn(parsed, 'stop-on-error'),
    compare_results: !isOn(parsed, 'no-compare'),
    grants: [{ holder: 'command line', allow: allowed(parsed), deny: denied(parsed) }],
  })
  const same = replay.identical !== false
  if (stage.json) out(`${toJson({ ok: same, session: id, ...replay })}\n`)
  else out(replayPage(replay, paint()))
  return same ? 0 : EXIT_CODES.script
}
