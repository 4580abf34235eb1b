import { expect, test } from 'vitest'
import { MOST_RESTARTS, Restarts, WINDOW_MS } from './restarts.ts'

test('restarts are as many as a window allows, and come back one by one', () => {
  const restarts = new Restarts()
  for (let i = 0; i < MOST_RESTARTS; i++) {
    expect(restarts.allows(i)).toBe(true)
    restarts.add(i)
  }
  expect(restarts.allows(WINDOW_MS - 1)).toBe(false)
  expect(restarts.allows(WINDOW_MS)).toBe(true)
  restarts.add(WINDOW_MS)
  expect([restarts.allows(WINDOW_MS), restarts.allows(WINDOW_MS + 1)]).toEqual([false, true])
})
