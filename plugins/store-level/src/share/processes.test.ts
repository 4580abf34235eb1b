import { afterEach, expect, test } from 'vitest'
import type { Child } from '../testing/child.ts'
import { checkCounted, counterIn } from '../testing/counted.ts'
import { Places } from '../testing/places.ts'

const places = new Places()
afterEach(() => places.clean())

const FULL = process.env['LLMSPELL_TEST_FULL'] === '1'
const LIMIT = FULL ? 3_600_000 : 600_000

/** A line that a kill has cut is shorter than its number. */
const surely = (child: Child): number[] => child.acknowledged.slice(0, -1)

test(
  'the owner is killed, then the client: nothing is lost, nothing is mixed',
  async () => {
    const folder = places.make()
    const owner = counterIn(folder, 'first')
    await owner.said(5)
    const client = counterIn(folder, 'second')
    await client.said(20)
    expect([owner.role, client.role]).toEqual(['owner', 'client'])
    await owner.kill()
    await client.said(client.lines.length + 20)
    const third = counterIn(folder, 'third')
    await third.said(20)
    expect(third.role).toBe('client')
    await third.kill()
    await client.said(client.lines.length + 20)
    await client.kill()
    const numbers = [owner, client, third].map(surely)
    const names = ['first', 'second', 'third'] as const
    const all = new Map(names.map((name, i) => [name, numbers[i]!]))
    expect(await checkCounted(folder, all)).toBeGreaterThan(60)
  },
  LIMIT,
)

test.each(FULL ? [2, 8, 32] : [8])(
  '%d processes that start in the same moment have one owner',
  async (count) => {
    const folder = places.make()
    const children = Array.from({ length: count }, (_, n) => counterIn(folder, `p${n}`, 10))
    await Promise.all(children.map((child) => child.ended()))
    // Whoever comes when all the others have gone owns it in turn; nobody does beside another.
    expect(children.filter(({ role }) => role === 'owner').length).toBeGreaterThan(0)
    const all = new Map(children.map((child, n) => [`p${n}`, child.acknowledged]))
    expect(await checkCounted(folder, all)).toBe(count * 10)
  },
  LIMIT,
)

test(
  'kills at random: whoever is left goes on',
  async () => {
    const folder = places.make()
    const all = new Map<string, number[]>()
    const running: { name: string; child: Child }[] = []
    for (let round = 0; round < (FULL ? 500 : 16); round++) {
      while (running.length < 3) {
        const name = `r${round}-${running.length}`
        running.push({ name, child: counterIn(folder, name) })
      }
      const [one] = running.splice(round % running.length, 1)
      await one!.child.said(3 + ((round * 7) % 20))
      await one!.child.kill()
      all.set(one!.name, surely(one!.child))
    }
    for (const { name, child } of running) {
      const started = Date.now()
      await child.said(child.lines.length + 2)
      expect(Date.now() - started, 'ms to go on').toBeLessThan(30_000)
      await child.kill()
      all.set(name, surely(child))
    }
    expect(await checkCounted(folder, all)).toBeGreaterThan(50)
  },
  LIMIT,
)
