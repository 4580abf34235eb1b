import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Folder, llmspell } from './support.ts'

const COUNT = `
for _ = 1, 20 do State.update("global", "n", function(n) return (n or 0) + 1 end) end
State.save("global", "by/" .. NAME, true)
`

test.each(['sqlite', 'level'])(
  'two command lines at once on one folder of %s: both count, nothing is lost',
  async (store) => {
    using folder = new Folder()
    const state = `[plugins.state]\nstore = "${store}"\nfolder = '${join(folder.path, 'state')}'\n`
    const config = folder.write('own.toml', state)
    const exec = (source: string) =>
      llmspell(['exec', source, '--engine=lua', `--config=${config}`], { cwd: folder.path })
    const both = ['one', 'two'].map((name) => exec(COUNT.replace('NAME', `"${name}"`)))
    for (const ended of await Promise.all(both))
      expect(ended).toMatchObject({ code: 0, stderr: '' })
    const { stdout } = await exec(
      'print(State.load("global", "n"), #State.list_keys("global", "by/"))',
    )
    expect(stdout.split(/\s+/)).toEqual(['40', '2', ''])
  },
)
