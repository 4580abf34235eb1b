import { afterAll, beforeAll, expect, test } from 'vitest'
import { Desk } from './desk.ts'
import { playTask, TASKS } from './tasks.ts'

let desk: Desk
beforeAll(async () => {
  desk = await Desk.open()
})
afterAll(() => desk[Symbol.asyncDispose]())

test.each(TASKS)('$name takes fewer steps as a program', async (task) => {
  const plain = await playTask(desk, task, 'plain')
  const code = await playTask(desk, task, 'code')
  expect(code.steps).toBe(2)
  expect(code.steps).toBeLessThan(plain.steps)
})
