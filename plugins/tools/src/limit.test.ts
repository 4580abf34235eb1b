import { expect, test } from 'vitest'
import { limited, outside } from './limit.ts'

const limit = { subject: "Tool 'x'", timeoutMs: 60, signal: new AbortController().signal }
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

test('work that does not end is left', async () => {
  await expect(limited(limit, () => pause(5000))).rejects.toMatchObject({ code: 'TIMEOUT' })
})

test('the time of a wait for a person does not count, and the rest goes on behind it', async () => {
  const asked = limited(limit, async (signal) => {
    await Promise.all([outside(signal, () => pause(150)), outside(signal, () => pause(200))])
    return 'done'
  })
  expect(await asked).toBe('done')
  const late = limited(limit, async (signal) => {
    await outside(signal, () => pause(100))
    await pause(5000)
  })
  await expect(late).rejects.toMatchObject({ code: 'TIMEOUT' })
})

test('a wait that fails, or outlives its work, harms nothing', async () => {
  const failing = limited(limit, (signal) => outside(signal, () => Promise.reject(new Error('no'))))
  await expect(failing).rejects.toThrow('no')
  let left: Promise<void> | undefined
  await limited(limit, (signal) => void (left = outside(signal, () => pause(100))))
  await left
  expect(await outside(new AbortController().signal, () => Promise.resolve(1))).toBe(1)
})
