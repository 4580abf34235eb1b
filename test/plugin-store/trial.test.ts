import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Folder, llmspell } from '../cli/support.ts'
import { plugin } from './plugins.ts'
import { npmEnv } from './registry.ts'

test('a plugin that cannot be loaded in its place is not installed; without a jail it is said that it will not run', async () => {
  using own = new Folder({
    'own/package.json': JSON.stringify(plugin('own')),
    'own/index.js': "throw new Error('boom')",
  })
  const home = join(own.path, 'home')
  const env = { ...npmEnv('http://127.0.0.1:9', own.path), LLMSPELL_HOME: home }
  const argv = ['plugin', 'install', join(own.path, 'own'), '--yes', '--min-age=0']
  const { code, stderr } = await llmspell(argv, { cwd: own.path, env })
  // Which of them it is, is a fact of the machine.
  const told = /PLUGIN_BROKEN[^]*boom/.test(stderr) ? 8 : 0
  expect(stderr).toMatch(/PLUGIN_BROKEN[^]*boom|warning +It will not run here/)
  expect(code).toBe(told)
})
