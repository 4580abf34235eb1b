import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Place } from './runs.ts'

const FILES = {
  'w.lua': `
Run.wait_for("go")
Tool.file_write{ path = "secret.txt", content = "written" }
return "written"
`,
}
const START = ['w.lua', '--durable', '--run-id=r', '--wait=0']

function policy({ folder }: Place, text: string): void {
  mkdirSync(join(folder.path, 'home'), { recursive: true })
  writeFileSync(join(folder.path, 'home', 'policy.toml'), text)
}

const isWritten = ({ folder }: Place): boolean => existsSync(join(folder.path, 'secret.txt'))

async function started(place: Place, ...grants: readonly string[]): Promise<void> {
  expect(await place.run([...START, ...grants])).toMatchObject({ code: 75 })
  expect(await place.run(['signal', 'r', 'go', '1'])).toMatchObject({ code: 0 })
}

describe('a run goes on with the rights that it has at that moment', () => {
  test.each([
    ['resume', ['resume', 'r'], '[deny]\nwrite = ["**"]\n'],
    ['fork', ['fork', 'r', '--run-id=f'], '[deny]\nwrite = ["**"]\n'],
    ['a cap', ['resume', 'r'], '[cap]\nread = ["."]\n'],
  ])('%s: what a policy forbids since then is forbidden', async (_, words, text) => {
    using place = new Place(FILES)
    await started(place, '--allow-write=secret.txt')
    policy(place, text)
    const id = words[0] === 'fork' ? 'f' : 'r'
    if (id === 'f') await place.run([...words, '--hold'])
    await place.run(['signal', id, 'go', '1'])
    expect(await place.json(['resume', id])).toMatchObject({ error: { code: 'PERMISSION_DENIED' } })
    expect(isWritten(place)).toBe(false)
  })

  test('flags of a fork are those of the new run, also when it goes on later', async () => {
    using place = new Place(FILES)
    await started(place)
    const words = ['fork', 'r', '--run-id=f', '--hold', '--allow-write=secret.txt']
    expect(await place.run(words)).toMatchObject({ code: 0 })
    await place.run(['signal', 'f', 'go', '1'])
    expect(await place.json(['resume', 'r'])).toMatchObject({
      error: { code: 'PERMISSION_DENIED' },
    })
    expect(isWritten(place)).toBe(false)
    expect(await place.json(['resume', 'f'])).toMatchObject({ ok: true })
    expect(isWritten(place)).toBe(true)
  })

  test('what a policy gives since then is not given to it, and what it gave once is gone with it', async () => {
    using place = new Place(FILES)
    await started(place)
    policy(place, '[allow]\nwrite = ["secret.txt"]\n')
    expect(await place.json(['resume', 'r'])).toMatchObject({ ok: false })
    using other = new Place(FILES)
    policy(other, '[allow]\nwrite = ["secret.txt"]\n')
    await started(other)
    policy(other, '')
    expect(await other.json(['resume', 'r'])).toMatchObject({ ok: false })
    expect([place, other].map(isWritten)).toEqual([false, false])
  })

  test('a policy that stayed as it was takes nothing away', async () => {
    using place = new Place(FILES)
    policy(place, '[allow]\nread = ["."]\n')
    await started(place, '--allow-write=secret.txt')
    expect(await place.run(['resume', 'r'])).toMatchObject({ code: 0 })
    expect(isWritten(place)).toBe(true)
  })

  test('paths that are granted on resume are read where they are typed', async () => {
    using place = new Place(FILES)
    await started(place)
    const cwd = join(place.folder.path, 'sub')
    mkdirSync(cwd)
    const words = ['resume', 'r', '--allow-write=.', '--json']
    const refused = await place.run(words, { cwd })
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'PERMISSION_DENIED' } })
    expect(isWritten(place)).toBe(false)
  })
})
