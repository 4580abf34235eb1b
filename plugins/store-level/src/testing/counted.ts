import { expect } from 'vitest'
import { Child } from './child.ts'
import { SCOPE } from './pairs.ts'
import { ready, sharedIn } from './places.ts'

export const counterIn = (folder: string, name: string, count = Infinity): Child =>
  new Child('counter-child.ts', [folder, name, String(count)])

/** What the children were told is there, once each and theirs, and nothing is missing between. */
export async function checkCounted(
  folder: string,
  acknowledged: ReadonlyMap<string, readonly number[]>,
): Promise<number> {
  const store = sharedIn(folder)
  await store.open(ready)
  const scope = store.scope(SCOPE)
  const counter = (await scope.get<number>('counter'))?.value ?? 0
  const marks = new Map<number, string>()
  for await (const [key, { value }] of scope.iterate({ prefix: 'step/' }))
    marks.set(Number(key.slice('step/'.length)), value as string)
  expect([...marks.keys()].toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: counter }, (_, n) => n + 1),
  )
  for (const [name, numbers] of acknowledged)
    expect(numbers.filter((number) => marks.get(number) !== name)).toEqual([])
  expect(await Array.fromAsync(store.verify())).toEqual([])
  await store.close()
  return counter
}
