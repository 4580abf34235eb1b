// A content is in the journal by what names it; in the next life the name leads to the same content.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { durableHouse, killBehind, LANGUAGES, request, World } from './house.ts'
import type { Pair } from './house.ts'

const world = new World()
const house = await durableHouse(world)
const root = mkdtempSync(join(tmpdir(), 'durable-media-'))
afterAll(async () => {
  await house.kernel.stop()
  rmSync(root, { recursive: true, force: true })
})
beforeEach(() => {
  world.at = () => {}
  world.effects.length = 0
})

const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ', 'base64')
writeFileSync(join(root, 'dot.png'), PICTURE)
const notes = join(root, 'notes.txt')

const KEPT: Pair = {
  lua: `local dot = Media.file('dot.png')
    local note = Media.text(string.rep('lamps ', 20000), 'text/markdown')
    Tool.world_unsafe{ text = 'between' }
    local copy = Media.base64(dot:base64(), 'image/png')
    note:save('OUT')
    local facts = dot:describe()
    Tool.world_unsafe{ text = 'after' }
    return { note.kind, note.size, #note:base64(), facts.mime, copy:base64() == dot:base64() }`,
  javascript: `const dot = await Media.file('dot.png')
    const note = await Media.text('lamps '.repeat(20000), 'text/markdown')
    await Tool.worldUnsafe({ text: 'between' })
    const copy = await Media.base64(await dot.base64(), 'image/png')
    await note.save('OUT')
    const facts = await dot.describe()
    await Tool.worldUnsafe({ text: 'after' })
    return [note.kind, note.size, (await note.base64()).length, facts.mime,
      (await copy.base64()) === (await dot.base64())]`,
}
const VALUE = ['text', 120_000, 160_000, 'image/png', true]

const SHOWN: Pair = {
  lua: `local media = { Media.file('notes.txt'), Media.text('two kettles', 'text/plain') }
    local said = Agent.create{ model = 'mock/echo' }:execute{ text = 'What?', media = media }.text
    Tool.world_unsafe{ text = 'after' }
    return { said, media[1]:base64() }`,
  javascript: `const media = [await Media.file('notes.txt'), await Media.text('two kettles', 'text/plain')]
    const agent = await Agent.create({ model: 'mock/echo' })
    const said = (await agent.execute({ text: 'What?', media })).text
    await Tool.worldUnsafe({ text: 'after' })
    return [said, await media[0].base64()]`,
}

describe.each(LANGUAGES)('contents of a durable run in %s', (language) => {
  const started = (id: string) => {
    const source = KEPT[language].replace('OUT', `${id}.md`)
    const more = { root, source, allow: { read: ['.'], write: ['.'] } }
    return house.runtime.run(request(KEPT, language, id, more))
  }

  test('are the same wherever a life ended', async () => {
    const whole = `media-${language}`
    expect((await started(whole)).value).toEqual(VALUE)
    expect((await house.runtime.replay(whole)).result?.value).toEqual(VALUE)
    const { length } = await house.history(whole)
    for (let n = 0; n < length; n++) {
      world.effects.length = 0
      const id = `${whole}-${n}`
      killBehind(world, house, id, n)
      const first = await started(id).catch(() => undefined)
      const ended = first ?? (await house.runtime.resume(id))
      expect({ n, value: ended.value }).toEqual({ n, value: VALUE })
      expect(world.effects).toEqual(['unsafe between', 'unsafe after'])
      expect(readFileSync(join(root, `${id}.md`)).byteLength).toBe(120_000)
    }
  })

  test('that an agent has read are not read again', async () => {
    const more = { root, allow: { read: ['.'] } }
    const whole = `shown-${language}`
    writeFileSync(notes, 'three lamps')
    const lived = await house.runtime.run(request(SHOWN, language, whole, more))
    expect(lived.value).toMatchObject([
      expect.stringMatching(/three lamps\s+two kettles/),
      'dGhyZWUgbGFtcHM=',
    ])
    rmSync(notes)
    expect((await house.runtime.replay(whole)).result?.value).toEqual(lived.value)
    const records = await house.history(whole)
    const read = records.findLastIndex(({ path }) => path.includes('read media'))
    for (let n = 0; n < records.length; n++) {
      const id = `${whole}-${n}`
      writeFileSync(notes, 'three lamps')
      killBehind(world, house, id, n)
      const first = await house.runtime
        .run(request(SHOWN, language, id, more))
        .catch(() => undefined)
      // What was read is in the journal; what comes behind it reads what is there then.
      if (!first && n > read) writeFileSync(notes, 'other lamps')
      const [said] = (first ?? (await house.runtime.resume(id))).value as string[]
      expect({ n, said }).toEqual({ n, said: (lived.value as string[])[0] })
    }
  })
})
