import { expect, test } from 'vitest'
import type { Entry } from './entry.ts'
import { Queue, type Out } from './queue.ts'

const entry = (n: number): Entry => ({ level: 'info', fields: { n } })
const format = ({ fields: { dropped, n } }: Entry): string =>
  dropped === undefined ? `#${n as number} ` : `${dropped as number} `

function queueOver(write: Out['write'], most: number) {
  const failures: string[] = []
  const out = { write, close: async () => {} }
  const failed = ({ message }: Error): void => void failures.push(message)
  return { queue: new Queue({ out, most, format, failed }), failures }
}

test('lines come in order, and all of them where the reader keeps up', async () => {
  let text = ''
  const { queue } = queueOver(async (more) => void (text += more), 2000)
  for (let n = 0; n < 1200; n++) queue.add(entry(n))
  await queue.close()
  expect(text.trim().split(' ')).toEqual(Array.from({ length: 1200 }, (_, n) => `#${n}`))
})

test('a slow reader holds nobody up: what does not fit is dropped and counted', async () => {
  const open = Promise.withResolvers<void>()
  let text = ''
  const { queue } = queueOver(async (more) => (await open.promise, void (text += more)), 3)
  const started = performance.now()
  for (let n = 0; n < 10; n++) queue.add(entry(n))
  expect(performance.now() - started).toBeLessThan(1000)
  expect(text).toBe('')
  open.resolve()
  await queue.close()
  expect(text).toBe('#0 #1 #2 7 ')
})

test('a reader that never reads does not keep the end', async () => {
  const { queue } = queueOver(() => new Promise(() => {}), 3)
  queue.add(entry(1))
  await expect(queue.close()).resolves.toBeUndefined()
})

test('what could not be written is counted, and told once', async () => {
  let [text, broken] = ['', true]
  const write = async (more: string): Promise<void> => {
    if (broken) throw new Error('no room')
    text += more
  }
  const { queue, failures } = queueOver(write, 10)
  for (let round = 0; round < 2; round++) {
    queue.add(entry(1))
    queue.add(entry(2))
    await queue.close()
  }
  expect(failures).toEqual(['no room'])
  broken = false
  queue.add(entry(3))
  await queue.close()
  expect(text).toBe('#3 4 ')
})
