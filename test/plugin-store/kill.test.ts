import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BIN, cleanEnv, llmspell } from '../cli/support.ts'
import { openStore, YES } from './open.ts'
import { code, plugin } from './plugins.ts'
import { npmEnv } from './registry.ts'

const ROUNDS = process.env['LLMSPELL_TEST_FULL'] === '1' ? 100 : 12
// Longer than an install takes where nothing else runs: the last rounds end by themselves.
const SPAN_MS = 1200
let folder: string
let env: Readonly<Record<string, string>>
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'llmspell-kill-'))
  // Nothing of this is asked of a registry.
  env = { ...npmEnv('http://127.0.0.1:9', folder), LLMSPELL_HOME: join(folder, 'home') }
  Object.assign(process.env, npmEnv('http://127.0.0.1:9', folder))
})
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))

function write(version: string): string {
  const own = join(folder, 'own')
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'package.json'), JSON.stringify(plugin('own', { version })))
  writeFileSync(join(own, 'index.js'), code(version, ['own']))
  return own
}

const ARGV = ['plugin', 'install', '--min-age=0', '--yes', '--trust']

/** Installs it, and ends the process in the midst of it. @returns whether it was ended */
function killed(own: string, ms: number): Promise<boolean> {
  const child = spawn(process.execPath, [BIN, ...ARGV, own], {
    cwd: folder,
    env: cleanEnv(env),
    stdio: 'ignore',
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), ms)
  return new Promise((resolve) =>
    child.on('close', (_, signal) => {
      clearTimeout(timer)
      resolve(signal === 'SIGKILL')
    }),
  )
}

test(
  `an install that is killed at any moment has happened, or has not: ${ROUNDS} times`,
  { timeout: 300_000 },
  async () => {
    const store = join(folder, 'home', 'plugins')
    await using open = await openStore(store)
    await open.store.install([write('1.0.0')], YES)
    let there = '1.0.0'
    for (let round = 1; round <= ROUNDS; round++) {
      const next = `1.0.${round}`
      const ms = ((round - Math.random()) * SPAN_MS) / ROUNDS
      const ended = await killed(write(next), ms)
      const rows = await open.store.verify([])
      expect(rows, `killed after ${ms} ms`).toMatchObject([{ id: 'own', ok: true }])
      expect(ended ? [there, next] : [next]).toContain(rows[0]!.version)
      there = rows[0]!.version
    }
    const last = await llmspell([...ARGV, write('2.0.0')], { cwd: folder, env })
    expect(last).toMatchObject({ code: 0, stdout: expect.stringContaining('→ 2.0.0') })
    expect(
      (await open.store.health()).filter(({ code }) => code !== 'PLUGIN_STORE_FAILED'),
    ).toEqual([])
    expect(readdirSync(join(store, 'packages')).length).toBe(2)
  },
)

test('two processes that install at once take turns, or one is told', async () => {
  const store = join(folder, 'two')
  await using one = await openStore(store)
  await using impatient = await openStore(store, { wait_ms: 0 })
  const began = Promise.withResolvers<void>()
  const first = one.store.install([write('3.0.0')], { ...YES, progress: () => began.resolve() })
  await began.promise
  const second = one.store.switch('own', false)
  const busy = impatient.store.link(folder).catch((error: Error) => error)
  expect(await busy).toMatchObject({ code: 'PLUGIN_STORE_BUSY' })
  expect(await first).toMatchObject({ changed: true })
  expect(await second).toBe(true)
  expect(await one.store.list()).toMatchObject([{ id: 'own', version: '3.0.0', enabled: false }])
})
