import { afterAll, beforeAll, describe } from 'vitest'
import type { ServerStore } from '@llmspell/sdk/store'
import { storeSuite } from '@llmspell/sdk/testing'
import { titleOf } from '../../../test/support/debian.ts'
import { redis, RedisServer } from '../../../test/support/redis-server.ts'
import { storeAt } from './testing/places.ts'

describe.runIf(redis.path)(titleOf('on a server', redis), () => {
  let server: RedisServer | undefined
  let prefix = ''
  let count = 0
  let time: () => number

  beforeAll(async () => {
    server = await RedisServer.start()
  }, 60_000)
  afterAll(() => server?.stop())

  const store = (): ServerStore => storeAt(server!, { prefix, clock: time })
  storeSuite({
    name: 'redis',
    create(clock) {
      prefix = `s${++count}`
      time = clock
      return store()
    },
    again: store,
    beside: store,
    clean: async () => void (await server!.ask('FLUSHALL')),
  })
})
