import { both } from '../scenario.ts'

/** Whole contents by hash. What is compared leaves out when they were stored. */
export const ARTIFACT = [
  both(
    'keeps text and values, and finds them again',
    'Artifact.save Artifact.get Artifact.list',
    `local text = Artifact.save{ name = 'poem.txt', content = 'Roses are red', tags = { 'verse' } }
     local data = Artifact.save{ name = 'stock', content = { some_key = 3 } }
     local rows = Artifact.list()
     return { text.id, text.bytes, text.mime, Artifact.get(text.id).content, Artifact.get(data.id).content,
       Artifact.get(data.id).metadata.name, #rows, rows[1].name, rows[2].mime }`,
    `const text = await Artifact.save({ name: 'poem.txt', content: 'Roses are red', tags: ['verse'] })
     const data = await Artifact.save({ name: 'stock', content: { some_key: 3 } })
     const rows = await Artifact.list()
     return [text.id, text.bytes, text.mime, (await Artifact.get(text.id)).content, (await Artifact.get(data.id)).content,
       (await Artifact.get(data.id)).metadata.name, rows.length, rows[0].name, rows[1].mime]`,
  ),
  both(
    'streams what it keeps',
    'Artifact.stream',
    `local kept = Artifact.save{ name = 't', content = ('lamp '):rep(20000) }
     local bytes, last = 0, nil
     for chunk in Artifact.stream(kept.id) do bytes = bytes + #chunk.text last = chunk.type end
     return { bytes, last }`,
    `const kept = await Artifact.save({ name: 't', content: 'lamp '.repeat(20000) })
     let bytes = 0, last = null
     for await (const chunk of Artifact.stream(kept.id)) { bytes += chunk.text.length; last = chunk.type }
     return [bytes, last]`,
  ),
  both(
    'forgets what is deleted',
    'Artifact.delete',
    `local kept = Artifact.save{ name = 't', content = 'gone soon' }
     return { Artifact.delete(kept.id), #Artifact.list() }`,
    `const kept = await Artifact.save({ name: 't', content: 'gone soon' })
     return [await Artifact.delete(kept.id), (await Artifact.list()).length]`,
    { value: [true, 0] },
  ),
  both(
    'writes to a file only where that is granted',
    'Artifact.export',
    `local kept = Artifact.save{ name = 't', content = 'one two' }
     Artifact.export(kept.id, 'copy.txt')`,
    `const kept = await Artifact.save({ name: 't', content: 'one two' })
     await Artifact.export(kept.id, 'copy.txt')`,
    { error: 'PERMISSION_DENIED' },
  ),
  both(
    'keeps contents of a session, each with its number',
    'Artifact.store Artifact.store_file Artifact.query Artifact.list Artifact.get Artifact.delete',
    `local s = Session.create{ name = 'shelf' }
     local one = Artifact.store(s, 'agent_output', 'a.txt', 'one', { some_key = 1 })
     local two = Artifact.save{ name = 'b.json', content = { n = 2 }, tags = { 'x' }, type = 'any' }
     local ok, err = pcall(Artifact.store_file, s, 'nothing.txt', 'user_input')
     local names = {}
     for i, row in ipairs(Artifact.list(s)) do names[i] = { row.name, row.sequence, row.session_id == s.id, Artifact.get(row.id).id == row.id } end
     local function found(q) q.session_id = s.id return #Artifact.query(q) end
     return { one.sequence, two.sequence, names, Artifact.get(s, one).content, Artifact.get(s.id, one.content_hash).metadata.metadata, err.code,
       found{ type = 'any' }, found{ name_pattern = '*.txt' }, found{ tags = { 'x' } }, found{ min_size = 4 }, found{ max_size = 3 },
       found{ created_before = '2000-01-01' }, found{ created_after = '2000-01-01', limit = 1 },
       Artifact.delete(s, one), Artifact.delete(s, one), Artifact.delete(two), #Artifact.list(s) }`,
    `const s = await Session.create({ name: 'shelf' })
     const one = await Artifact.store(s, 'agent_output', 'a.txt', 'one', { some_key: 1 })
     const two = await Artifact.save({ name: 'b.json', content: { n: 2 }, tags: ['x'], type: 'any' })
     const err = await Artifact.storeFile(s, 'nothing.txt', 'user_input').catch((error) => error)
     const names = []
     for (const row of await Artifact.list(s)) names.push([row.name, row.sequence, row.sessionId === s.id, (await Artifact.get(row.id)).id === row.id])
     const found = async (q) => (await Artifact.query({ ...q, sessionId: s.id })).length
     return [one.sequence, two.sequence, names, (await Artifact.get(s, one)).content, (await Artifact.get(s.id, one.contentHash)).metadata.metadata, err.code,
       await found({ type: 'any' }), await found({ namePattern: '*.txt' }), await found({ tags: ['x'] }), await found({ minSize: 4 }), await found({ maxSize: 3 }),
       await found({ createdBefore: '2000-01-01' }), await found({ createdAfter: '2000-01-01', limit: 1 }),
       await Artifact.delete(s, one), await Artifact.delete(s, one), await Artifact.delete(two), (await Artifact.list(s)).length]`,
  ),
]
