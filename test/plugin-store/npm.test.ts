import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Folder } from '../cli/support.ts'
import { openStore, YES } from './open.ts'
import { code, plugin } from './plugins.ts'
import { npmEnv } from './registry.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'llmspell-npm-'))
  // Nothing of this is asked of a registry.
  Object.assign(process.env, npmEnv('http://127.0.0.1:9', folder))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const WHO = ['-c', 'user.name=a', '-c', 'user.email=a@example.org']
const git = (cwd: string, ...argv: string[]): unknown =>
  execFileSync('git', [...WHO, ...argv], { cwd, stdio: 'ignore' })

test("a git plugin's own npm settings run no program of it", async () => {
  const canary = join(folder, 'canary')
  const more = {
    scripts: { prepare: 'true' },
    devDependencies: { dev: 'git+file:///nowhere/at/all' },
  }
  using own = new Folder({
    'package.json': JSON.stringify(plugin('gity', { more })),
    'index.js': code(),
    '.npmrc': 'git=./evil\n',
    evil: `#!/bin/sh\ntouch '${canary}'\n`,
  })
  chmodSync(join(own.path, 'evil'), 0o755)
  git(own.path, 'init', '-q')
  git(own.path, 'add', '-A', '-f')
  git(own.path, 'commit', '-qm', 'all')
  await using open = await openStore(join(folder, 'git'))
  const options = { ...YES, git: true }
  await open.store.install([`git+file://${own.path}`], options).catch(() => undefined)
  expect(existsSync(canary)).toBe(false)
})

test('an npm that takes packages from anywhere is not run', async () => {
  using old = new Folder({
    'npm/package.json': '{"name":"npm","version":"11.3.0"}',
    'npm/bin/npm-cli.js': "require('node:fs').writeFileSync('canary', '')",
    'own/package.json': JSON.stringify(plugin('own')),
    'own/index.js': code(),
  })
  const npm = join(old.path, 'npm', 'bin', 'npm-cli.js')
  await using open = await openStore(join(folder, 'old'), { npm })
  await expect(open.store.install([join(old.path, 'own')], YES)).rejects.toMatchObject({
    code: 'NPM_MISSING',
    message: expect.stringContaining('found 11.3.0'),
  })
  expect(await open.store.health()).toEqual([])
})

test('a registry that is not there is told as that', async () => {
  await using open = await openStore(join(folder, 'offline'))
  await expect(open.store.look('llmspell-plugin-own')).rejects.toMatchObject({
    code: 'NPM_FAILED',
    hint: expect.stringContaining('online'),
  })
})
