import { both } from '../scenario.ts'

/** What outlives a run. The engines share one store, so each scenario begins with an empty scope. */
export const STATE = [
  both(
    'keeps values, and finds them under their own scope only',
    'State.save State.load State.exists State.delete State.list_keys State.all State.clear State.version',
    `State.clear('parity')
     State.save('custom:parity', 'b', { some_key = { 1, 2 } })
     State.save('parity', 'a', 'text', { ttl = '1h' })
     State.save({ type = 'custom', id = 'parity' }, 'c', false)
     local was = State.version('parity', 'none')
     return { State.load('parity', 'b'), State.load('parity', 'c'), State.load('parity', 'x', 7),
       State.exists('parity', 'a'), State.exists('user:parity', 'a'), State.list_keys('parity'),
       State.list_keys('parity', 'b'), State.all('parity'), State.delete('parity', 'a'), State.delete('parity', 'a'),
       was, State.clear('parity') }`,
    `await State.clear('parity')
     await State.save('custom:parity', 'b', { some_key: [1, 2] })
     await State.save('parity', 'a', 'text', { ttl: '1h' })
     await State.save({ type: 'custom', id: 'parity' }, 'c', false)
     const was = await State.version('parity', 'none')
     return [await State.load('parity', 'b'), await State.load('parity', 'c'), await State.load('parity', 'x', 7),
       await State.exists('parity', 'a'), await State.exists('user:parity', 'a'), await State.listKeys('parity'),
       await State.listKeys('parity', 'b'), await State.all('parity'), await State.delete('parity', 'a'), await State.delete('parity', 'a'),
       was, await State.clear('parity')]`,
    {
      value: [
        { some_key: [1, 2] },
        false,
        7,
        true,
        false,
        ['a', 'b', 'c'],
        ['b'],
        { a: 'text', b: { some_key: [1, 2] }, c: false },
        true,
        false,
        0,
        2,
      ],
    },
  ),
  both(
    'updates a value as one',
    'State.update Async.all',
    `State.clear('parity-sum')
     local add = function() return State.update('parity-sum', 'n', function(old) return (old or 0) + 1 end) end
     Async.all{ add, add, add, add }
     return { State.load('parity-sum', 'n'), State.clear('parity-sum') }`,
    `await State.clear('parity-sum')
     const add = () => State.update('parity-sum', 'n', (old) => (old ?? 0) + 1)
     await Async.all([add, add, add, add])
     return [await State.load('parity-sum', 'n'), await State.clear('parity-sum')]`,
    { value: [4, 1], unordered: true },
  ),
  both(
    'is told that somebody was faster',
    '',
    `State.clear('parity-race')
     State.save('parity-race', 'n', 1, { if_version = 0 })
     local ok, err = pcall(State.save, 'parity-race', 'n', 2, { if_version = 0 })
     return { err.code, err.details.expected, State.load('parity-race', 'n'), State.clear('parity-race') }`,
    `await State.clear('parity-race')
     await State.save('parity-race', 'n', 1, { ifVersion: 0 })
     const error = await State.save('parity-race', 'n', 2, { ifVersion: 0 }).catch((error) => error)
     return [error.code, error.details.expected, await State.load('parity-race', 'n'), await State.clear('parity-race')]`,
    { value: ['STATE_CONFLICT', 0, 1, 1] },
  ),
  both(
    'works in one scope and watches it',
    `State.scope State.StateScope.get State.StateScope.set State.StateScope.delete State.StateScope.update
     State.StateScope.keys State.StateScope.all State.StateScope.clear State.StateScope.watch State.StateWatch.close`.replaceAll(
      /\s+/g,
      ' ',
    ),
    `local shelf = State.scope('parity-shelf')
     shelf:clear()
     local watch = shelf:watch('l*', function() end)
     shelf:set('lamp', 1)
     shelf:set('mug', 2)
     local now = shelf:update('lamp', function(old) return old + 1 end)
     local all, keys = shelf:all(), shelf:keys('m')
     shelf:delete('lamp')
     return { shelf.scope, now, all, keys, shelf:get('lamp', 'none'), watch:close(), watch:close(), watch.pattern, shelf:clear() }`,
    `const shelf = await State.scope('parity-shelf')
     await shelf.clear()
     const watch = await shelf.watch('l*', () => {})
     await shelf.set('lamp', 1)
     await shelf.set('mug', 2)
     const now = await shelf.update('lamp', (old) => old + 1)
     const all = await shelf.all(), keys = await shelf.keys('m')
     await shelf.delete('lamp')
     return [shelf.scope, now, all, keys, await shelf.get('lamp', 'none'), await watch.close(), await watch.close(), watch.pattern, await shelf.clear()]`,
  ),
  both(
    'has short cuts for scopes of agents, tools and workflows',
    'State.agent_get State.agent_set State.tool_get State.tool_set State.workflow_get State.workflow_list',
    `State.agent_set('parity', 'k', 1)
     State.tool_set('parity', 'k', 2)
     State.save('workflow:parity', 'draft', 3)
     return { State.agent_get('parity', 'k'), State.load('tool:parity', 'k'), State.tool_get('parity', 'k'),
       State.workflow_get('parity', 'draft'), State.workflow_list('parity') }`,
    `await State.agentSet('parity', 'k', 1)
     await State.toolSet('parity', 'k', 2)
     await State.save('workflow:parity', 'draft', 3)
     return [await State.agentGet('parity', 'k'), await State.load('tool:parity', 'k'), await State.toolGet('parity', 'k'),
       await State.workflowGet('parity', 'draft'), await State.workflowList('parity')]`,
    { value: [1, 2, 2, 3, ['draft']] },
  ),
  both(
    'cannot reach what is of the host',
    'State.load',
    `return State.load('plugin:journal', 'x')`,
    `return await State.load('plugin:journal', 'x')`,
    { error: 'STATE_KEY_INVALID' },
  ),
  both(
    'cannot keep what ends with the run',
    'State.save',
    `State.save('parity', 'x', { State.scope('global') })`,
    `await State.save('parity', 'x', [await State.scope('global')])`,
    { error: 'VALUE_UNSUPPORTED' },
  ),
]

/** Sessions are told from each other by ids that differ from run to run: only what they are like is compared. */
export const SESSION = [
  both(
    'makes sessions and goes through their life',
    `Session.create Session.builder Session.get Session.save Session.load Session.suspend Session.resume Session.complete
     Session.delete Session.get_current Session.set_current Session.list`.replaceAll(/\s+/g, ' '),
    `local s = Session.builder():name('letters'):description('d'):tag('parity'):metadata({ some_key = 1 }):build()
     Run.sleep(5)
     local child = Session.create{ tags = { 'parity' } }
     State.save('session', 'k', 5)
     return { s.name, s.description, s.tags, s.status, s.custom_metadata, child.parent_session_id == s.id,
       Session.get_current().id == s.id, State.load('session:' .. s.id, 'k'), Session.get(s).name, Session.save(s.id), Session.load(s.id).status,
       Session.suspend(s.id), Session.suspend(s.id), Session.get_current() == nil, Session.resume(s.id).status,
       Session.set_current(child.id).id == child.id, Session.complete(s.id), Session.complete(s.id),
       #Session.list{ tags = { 'parity' } }, #Session.list{ tags = { 'parity' }, status = 'completed', limit = 5 },
       Session.delete(s.id), Session.delete(child.id), Session.delete(s.id), State.exists('session:' .. s.id, 'k') }`,
    `const s = await Session.builder().name('letters').description('d').tag('parity').metadata({ some_key: 1 }).build()
     await Run.sleep(5)
     const child = await Session.create({ tags: ['parity'] })
     await State.save('session', 'k', 5)
     return [s.name, s.description, s.tags, s.status, s.customMetadata, child.parentSessionId === s.id,
       (await Session.getCurrent()).id === s.id, await State.load('session:' + s.id, 'k'), (await Session.get(s)).name, await Session.save(s.id), (await Session.load(s.id)).status,
       await Session.suspend(s.id), await Session.suspend(s.id), (await Session.getCurrent()) == null, (await Session.resume(s.id)).status,
       (await Session.setCurrent(child.id)).id === child.id, await Session.complete(s.id), await Session.complete(s.id),
       (await Session.list({ tags: ['parity'] })).length, (await Session.list({ tags: ['parity'], status: 'completed', limit: 5 })).length,
       await Session.delete(s.id), await Session.delete(child.id), await Session.delete(s.id), await State.exists('session:' + s.id, 'k')]`,
  ),
  both(
    'asks a session itself',
    `Session.Session.get Session.Session.save Session.Session.load Session.Session.suspend Session.Session.resume
     Session.Session.complete Session.Session.set_current Session.Session.delete`.replaceAll(
      /\s+/g,
      ' ',
    ),
    `local s = Session.create{ name = 'own' }
     local facts = { s:get().name, s:save(), s:suspend(), s:resume().status, s:load().name, s:set_current().name, s:complete(), s:get().status }
     local ok, err = pcall(s.resume, s)
     return { facts, err.code, s:delete() }`,
    `const s = await Session.create({ name: 'own' })
     const facts = [(await s.get()).name, await s.save(), await s.suspend(), (await s.resume()).status, (await s.load()).name, (await s.setCurrent()).name, await s.complete(), (await s.get()).status]
     const error = await s.resume().catch((error) => error)
     return [facts, error.code, await s.delete()]`,
    {
      value: [
        ['own', true, true, 'active', 'own', 'own', true, 'completed'],
        'SESSION_ENDED',
        true,
      ],
    },
  ),
  both(
    'names a session that is not there',
    'Session.get',
    `Session.get('nobody')`,
    `await Session.get('nobody')`,
    { error: 'SESSION_NOT_FOUND' },
  ),
  both(
    'tags sessions, and says what a replay stands on',
    'Session.tag Session.Session.tag Session.can_replay Session.Session.can_replay Session.get_replay_metadata Session.Session.get_replay_metadata Session.list_replayable Session.replay Session.Session.replay',
    `local s = Session.create{ tags = { 'a' } }
     local ok, err = pcall(Session.replay, s)
     local ok2, err2 = pcall(s.replay, s, { mode = 'simulate' })
     local facts = Session.get_replay_metadata(s)
     return { Session.tag(s, { 'b', 'a' }), s:tag({ 'a' }, { remove = true }), Session.can_replay(s), s:can_replay(), #Session.list_replayable(),
       facts.status, facts.usage.cost, #s:get_replay_metadata().runs, err.code, err2.code, s:delete() }`,
    `const s = await Session.create({ tags: ['a'] })
     const err = await Session.replay(s).catch((error) => error)
     const err2 = await s.replay({ mode: 'simulate' }).catch((error) => error)
     const facts = await Session.getReplayMetadata(s)
     return [await Session.tag(s, ['b', 'a']), await s.tag(['a'], { remove: true }), await Session.canReplay(s), await s.canReplay(), (await Session.listReplayable()).length,
       facts.status, facts.usage.cost, (await s.getReplayMetadata()).runs.length, err.code, err2.code, await s.delete()]`,
  ),
  both(
    'brings data from version to version',
    'State.define State.migrate State.get_migration_status State.get_schema_versions',
    `State.clear('grown') State.save('grown', 'a', 1)
     local made = State.define{ scope = 'custom:grown', version = 2, auto = false, migrate = {
       function(all) all.b = all.a + 1 return all end } }
     local status = State.get_migration_status()[1]
     local dry = State.migrate(2, { scope = 'custom:grown', dry_run = true })
     return { made.migrated, status.pending, dry.status, dry.changed, State.all('grown'),
       State.get_schema_versions()['custom:grown'] == nil, State.clear('grown') }`,
    `await State.clear('grown'); await State.save('grown', 'a', 1)
     const made = await State.define({ scope: 'custom:grown', version: 2, auto: false, migrate: [
       (all) => ({ ...all, b: all.a + 1 })] })
     const status = (await State.getMigrationStatus())[0]
     const dry = await State.migrate(2, { scope: 'custom:grown', dryRun: true })
     return [made.migrated, status.pending, dry.status, dry.changed, await State.all('grown'),
       (await State.getSchemaVersions())['custom:grown'] == null, await State.clear('grown')]`,
    { value: [false, 1, 'planned', 1, { a: 1 }, true, 1] },
  ),
  both(
    'has a folder of backups, or says that there is none',
    'State.create_backup State.list_backups State.validate_backup State.restore_backup State.cleanup_backups State.get_storage_usage',
    `local codes = {}
     local id = '20260101T000000000-00000000'
     for _, fn in ipairs{ function() State.create_backup() end, function() State.list_backups() end,
       function() State.validate_backup(id) end, function() State.restore_backup(id) end,
       function() State.cleanup_backups{ keep = 3 } end } do
       local ok, err = pcall(fn)
       codes[#codes + 1] = ok and 'ok' or err.code
     end
     return { codes, State.get_storage_usage().bytes > 0 }`,
    `const codes = []
     const id = '20260101T000000000-00000000'
     for (const fn of [() => State.createBackup(), () => State.listBackups(), () => State.validateBackup(id),
       () => State.restoreBackup(id), () => State.cleanupBackups({ keep: 3 })])
       codes.push(await fn().then(() => 'ok', (e) => e.code))
     return [codes, (await State.getStorageUsage()).bytes > 0]`,
  ),
]
