import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Folder, llmspell } from '../cli/support.ts'

test('entries of one day go on in the session of a name on another, and so do its agents', async () => {
  using folder = new Folder()
  const env = { LLMSPELL_HOME: join(folder.path, 'home') }
  const run = (input: string, engine: string, name = 'desk') =>
    llmspell(['repl', '-e', engine, '--session', name, '--model', 'mock/demo'], {
      cwd: folder.path,
      env,
      input,
    })
  const poet = 'poet = Agent.create{ name = "poet", persist = true }\n'
  const first = await run(
    `${poet}#poet:execute("I am Ada").text > 0\nSession.get_current()\n`,
    'lua',
  )
  expect(first).toMatchObject({ code: 0, stdout: "true\nSession 'desk' (active)\n" })
  const again = 'const poet = await Agent.create({ name: "poet", persist: true })\npoet\nnope()\n'
  const second = await run(again, 'js')
  expect(second).toMatchObject({ code: 1, stdout: "Agent 'poet' (mock/demo, 2 messages)\n" })
  expect((await run('#Session.list()\n', 'lua')).stdout).toBe('1\n')
  expect((await run('#Session.list()\n', 'lua', 'other')).stdout).toBe('2\n')
  const wrong = await run('', 'jss')
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Did you mean 'js'?") as string,
  })
})
