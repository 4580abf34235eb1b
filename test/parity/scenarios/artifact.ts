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
]
