// A durable run finds the plugins of one file that it was started with, and no others, in all its lives.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Place } from './runs.ts'

const HEADER = `{ "permissions": { "read": ["/"] },
  "contributes": { "tools": [{ "description": "Reads", "input": { "path": "string" } }] } }`
const PLUGINS = {
  lua: `--[[ llmspell\n${HEADER}\n]]
return { tools = { ours = function(input)
  local ok, given = pcall(Tool.file_read, input)
  return ok and given.text or given.code
end } }`,
  js: `/* llmspell\n${HEADER}\n*/
export default { tools: {
  ours: (input) => Tool.fileRead(input).then((given) => given.text, (error) => error.code),
} }`,
}
const SCRIPTS = {
  lua: `local first = Tool.ours{ path = "a.txt" }.text
local secret = Tool.ours{ path = "b.txt" }.text
Run.wait_for("go")
print(first, secret, Tool.ours{ path = "a.txt" }.text)`,
  js: `const first = (await Tool.ours({ path: 'a.txt' })).text
const secret = (await Tool.ours({ path: 'b.txt' })).text
await Run.waitFor('go')
print(first, secret, (await Tool.ours({ path: 'a.txt' })).text)`,
}
const WORDS = 'words\tPERMISSION_DENIED\twords\n'

async function waiting(language: 'lua' | 'js'): Promise<Place> {
  const files = {
    [`script.${language}`]: SCRIPTS[language],
    [`ours.${language}`]: PLUGINS[language],
  }
  const place = new Place({ ...files, 'a.txt': 'words', 'b.txt': 'more' })
  const words = [`script.${language}`, '--durable', '--run-id=r', '--wait=0', '--allow-read=a.txt']
  const left = await place.run([...words, `--plugin=ours.${language}`])
  expect(left).toMatchObject({ code: 75 })
  await place.run(['signal', 'r', 'go'])
  return place
}

describe.each(['lua', 'js'] as const)('a run in %s with a plugin of one file', (language) => {
  test('is resumed and replayed without its flag, and under the rights that it had', async () => {
    using place = await waiting(language)
    expect(await place.run(['resume', 'r'])).toMatchObject({ code: 0, stdout: WORDS })
    const replayed = await place.run(['replay', 'r'])
    expect(replayed).toMatchObject({ code: 0, stdout: WORDS })
    expect(replayed.stderr).toContain('identical')
  })
})

test('a plugin that has changed, or is gone, is told, and chosen anew by its flag', async () => {
  using place = await waiting('lua')
  const { records } = await place.json(['show', 'r', '--full'])
  expect(records[0]).toMatchObject({
    input: {
      inline: {
        plugins: [
          { id: 'ours', path: join(place.folder.path, 'ours.lua'), hash: expect.any(String) },
        ],
      },
    },
  })
  expect(await place.run(['fork', 'r', '--run-id=f', '--hold'])).toMatchObject({ code: 0 })
  await place.run(['signal', 'f', 'go'])
  place.folder.write('ours.lua', PLUGINS.lua.replace('given.text or', '"changed" or'))
  const stderr = expect.stringContaining("plugin 'ours'")
  const refused = { code: 3, stdout: '', stderr }
  expect(await place.run(['resume', 'r'])).toMatchObject(refused)
  expect((await place.json(['resume', 'r'])).error).toMatchObject({
    code: 'PLUGIN_CHANGED',
    hint: expect.stringContaining(`--plugin ${join(place.folder.path, 'ours.lua')}`),
  })
  expect(await place.run(['resume', 'f', '--plugin=ours.lua'])).toMatchObject({
    code: 0,
    stdout: 'words\tPERMISSION_DENIED\tchanged\n',
  })
  // A fork that was given another keeps that one.
  await place.run(['fork', 'r', '--run-id=g', '--hold', '--plugin=ours.lua'])
  expect(await place.run(['resume', 'g', '--wait=0'])).toMatchObject({ code: 75 })
  rmSync(join(place.folder.path, 'ours.lua'))
  expect((await place.run(['show', 'r'])).stdout).toContain(`Plugins    ours (${place.folder.path}`)
  expect((await place.json(['resume', '--all'])).error).toMatchObject({ code: 'PLUGIN_CHANGED' })
  place.folder.write('other/ours.lua', PLUGINS.lua)
  const found = await place.run(['resume', 'r', '--plugin=other/ours.lua'])
  expect(found).toMatchObject({ code: 0, stdout: WORDS })
})

test('a plugin of the config is not the one that the run had where it has changed', async () => {
  using place = await waiting('js')
  place.folder.write('mine.toml', 'plugins = ["./ours.js"]\n')
  place.folder.write('ours.js', `${PLUGINS.js}\n`)
  const { error } = await place.json(['replay', 'r', '--config=mine.toml'])
  expect(error).toMatchObject({ code: 'PLUGIN_CHANGED' })
  place.folder.write('ours.js', PLUGINS.js)
  expect(await place.run(['replay', 'r', '--config=mine.toml'])).toMatchObject({ code: 0 })
  const { error: taken } = await place.json(['script.js', '--durable', '--run-id=r'])
  expect(taken).toMatchObject({ message: "The run id 'r' belongs to a run with other plugins." })
})
