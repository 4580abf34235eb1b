import { afterAll, beforeAll, describe } from 'vitest'
import type { ServerStore } from '@llmspell/sdk/store'
import { storeSuite } from '@llmspell/sdk/testing'
import { titleOf } from '../../../test/support/debian.ts'
import { postgres, PostgresServer } from '../../../test/support/postgres-server.ts'
import { storeAt } from './testing/places.ts'

describe.runIf(postgres.path)(titleOf('on a server', postgres), () => {
  let server: PostgresServer | undefined
  let schema = ''
  let count = 0
  let time: () => number

  beforeAll(async () => {
    server = await PostgresServer.start()
  }, 60_000)
  afterAll(() => server?.stop())

  const store = (): ServerStore => storeAt(server!, { schema, clock: time })
  storeSuite({
    name: 'postgres',
    create(clock) {
      schema = `s${++count}`
      time = clock
      return store()
    },
    again: store,
    beside: store,
    clean: async () => void (await server!.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`)),
  })
})
