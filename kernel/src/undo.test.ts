import { expect, test } from 'vitest'
import { UndoList } from './undo.ts'

const run = (_: string, undo: () => unknown) => Promise.resolve(undo()).then(() => undefined)

test('undo runs last in first out, one after another', async () => {
  const steps: string[] = []
  const list = new UndoList()
  list.add('first', async () => {
    steps.push('first begins')
    await Promise.resolve()
    steps.push('first ends')
  })
  list.add('second', () => void steps.push('second'))
  expect(list.labels()).toEqual(['first', 'second'])
  expect(await list.run(run)).toEqual([])
  expect(steps).toEqual(['second', 'first begins', 'first ends'])
  expect(list.labels()).toEqual([])
})

test('a step that fails is returned and the others run', async () => {
  const list = new UndoList()
  const steps: string[] = []
  list.add('a', () => void steps.push('a'))
  list.add('b', () => Promise.reject(new Error('b')))
  list.add('c', () => void steps.push('c'))
  expect(await list.run(run)).toEqual([new Error('b')])
  expect(steps).toEqual(['c', 'a'])
})

test('a step that ran early is off the list', async () => {
  let count = 0
  const list = new UndoList()
  const early = list.once('a', () => void count++)
  early()
  expect(list.labels()).toEqual([])
  await list.run(run)
  expect(count).toBe(1)
})

test('a step added while it runs is run too', async () => {
  const steps: string[] = []
  const list = new UndoList()
  list.add('a', () => void list.add('late', () => void steps.push('late')))
  await list.run(run)
  expect(steps).toEqual(['late'])
})
