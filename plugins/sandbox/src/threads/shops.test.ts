import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Job } from '@llmspell/sdk'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Shops } from './shops.ts'

const main = new URL('./shop-main.ts', import.meta.url)
const module = new URL('../testing/work.js', import.meta.url)
const MIB = 1024 * 1024
let shops: Shops

beforeEach(() => {
  shops = new Shops(main, 300)
})
afterEach(() => shops.close())

function run<T>(name: string, args: readonly unknown[] = [], more: Partial<Job> = {}): Promise<T> {
  return shops.run<T>({ module, function: name, args, subject: "Tool 'test'", ...more })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('a job runs in another process, which is kept for the next and goes when it rests', async () => {
  const { pid } = await run<{ pid: number }>('place')
  expect(pid).not.toBe(process.pid)
  expect(await run('add', [2, 3])).toBe(5)
  expect(await run('place')).toMatchObject({ pid, ppid: process.pid })
  await expect.poll(() => isAlive(pid), { timeout: 3000 }).toBe(false)
  expect(shops.size).toBe(0)
})

test('what ends a whole process is a limit of memory, and others do not notice', async () => {
  const innocent = Promise.all([run('later', [400]), run('later', [400])])
  const guilty = run('end', [], { memoryBytes: 16 * MIB })
  await expect(guilty).rejects.toMatchObject({
    code: 'MEMORY_LIMIT',
    message: "Tool 'test' needed more memory than its 16 MiB.",
  })
  expect(await innocent).toEqual(['later', 'later'])
  expect(await run('add', [1, 1])).toBe(2)
})

test.each([
  ['spin', { timeoutMs: 300 }, 'TIMEOUT'],
  ['hoard', { memoryBytes: 32 * MIB }, 'MEMORY_LIMIT'],
  ['coded', {}, 'WORD_WRONG'],
])('%s %j → %s', async (name, limits, code) => {
  await expect(run(name, [], limits)).rejects.toMatchObject({ code })
})

test('errors, bytes and what cannot be copied cross as between threads', async () => {
  await expect(run('plain')).rejects.toMatchObject({ name: 'RangeError', message: 'too far' })
  await expect(run('uncopied')).rejects.toThrow(/could not be cloned/)
})

test('a signal ends a job at once, before and while it runs', async () => {
  const stop = new AbortController()
  const work = run('spin', [], { signal: stop.signal })
  setTimeout(() => stop.abort(), 100)
  await expect(work).rejects.toMatchObject({ code: 'CANCELLED' })
  await expect(run('add', [1, 2], { signal: stop.signal })).rejects.toMatchObject({
    code: 'CANCELLED',
  })
})

test('closing leaves no process, and what is under way is cancelled', async () => {
  const { pid } = await run<{ pid: number }>('place')
  const work = run('spin')
  work.catch(() => undefined)
  await shops.close()
  await expect(work).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(isAlive(pid)).toBe(false)
})

test('a host that is killed takes it along, whatever it is doing', async () => {
  const code = `const { Shops } = await import(${JSON.stringify(new URL('./shops.ts', import.meta.url).href)})
    const shops = new Shops(new URL(${JSON.stringify(main.href)}))
    const job = (name) => ({ module: new URL(${JSON.stringify(module.href)}), function: name, args: [], subject: 'x' })
    console.log((await shops.run(job('place'))).pid)
    await shops.run({ ...job('spin'), timeoutMs: 60000 })`
  const args = ['--conditions=@llmspell/source', '--input-type=module', '-e', code]
  const host = spawn(process.execPath, args, { cwd: fileURLToPath(new URL('.', import.meta.url)) })
  const pid = await new Promise<number>((resolve) =>
    host.stdout.once('data', (text: Buffer) => resolve(Number(text))),
  )
  host.kill('SIGKILL')
  await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false)
})
