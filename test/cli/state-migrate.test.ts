import { expect, test } from 'vitest'
import { openState, put } from '../state/store.ts'
import { Home } from './state-home.ts'
import { widest } from './support.ts'

const ORDERS = { tenant: 'local', kind: 'custom', id: 'orders' } as const
const CLERK = { tenant: 'local', kind: 'agent', id: 'clerk' } as const

/** A store with data of the first versions, and a plugin that knows newer ones. */
async function oldData(): Promise<Home> {
  const home = new Home()
  home.install('orders')
  const kernel = await openState({ folder: home.data })
  const store = await (await kernel.use('state')).backend()
  await store.commit([put('lamps', 3, ORDERS), put('mugs', 0, ORDERS), put('m', 'calm', CLERK)])
  await kernel.stop()
  return home
}

const kept = async (home: Home): Promise<unknown> =>
  ((await home.json(['list']))['entries'] as { key: string; value: unknown }[]).map(
    ({ key, value }) => [key, value],
  )
const backups = async (home: Home): Promise<number> =>
  ((await home.json(['backups']))['backups'] as unknown[]).length

test('data goes forward and back, as its plugin says', async () => {
  using home = await oldData()
  const dry = await home.state(['migrate', '--dry-run'])
  expect(dry.stdout).toMatch(/^custom\/orders +1 +3 +2 +0 +1 +2$/m)
  expect(dry.stdout).toMatch(/^agent\/moods +1 +2 +1 +1 +0 +0$/m)
  expect(dry.stdout).toMatch(/^- custom:orders 'lamps'$/m)
  expect(widest(dry.stdout)).toBeLessThanOrEqual(80)
  expect(await home.json(['migrate', 'custom/orders', '--to=2'])).toMatchObject({
    steps: [{ schema: 'custom/orders', from: 1, to: 2, entries: 2, changed: 2 }],
    versions: { 'custom/orders': 2 },
  })
  expect(await kept(home)).toEqual([
    ['m', 'calm'],
    ['lamps', { count: 3 }],
    ['mugs', { count: 0 }],
  ])
  await home.state(['migrate', '--no-backup'])
  expect(await backups(home)).toBe(1)
  await home.state(['migrate', 'custom/orders', '--to=1'])
  expect(await kept(home)).toEqual([
    ['m', { mood: 'calm' }],
    ['lamps', 3],
  ])
  expect(await backups(home)).toBe(2)
})

test.each([
  [['custom/order'], 'INPUT_INVALID'],
  [['--to=1'], 'FLAG_INVALID'],
])('migrate %j is refused with %s, and nothing is touched', async (words, code) => {
  using home = await oldData()
  expect(await home.json(['migrate', ...words])).toMatchObject({ ok: false, error: { code } })
})

test('where there is no way back nothing is changed', async () => {
  using home = await oldData()
  expect(await home.state(['migrate', 'agent/moods'])).toMatchObject({ code: 0, stderr: '' })
  expect(await home.json(['migrate', 'agent/moods', '--to=1'])).toMatchObject({
    error: { code: 'STATE_MIGRATION_FAILED' },
  })
  expect(await kept(home)).toContainEqual(['m', { mood: 'calm' }])
})
