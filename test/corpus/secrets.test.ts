import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { PermissionSet, Services } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, type House } from '../support/kernel.ts'
import corpus from './secrets.json' with { type: 'json' }

interface Row {
  readonly id: string
  readonly script: string
  readonly allow?: PermissionSet
  readonly deny?: PermissionSet
  /** `ok`, or the code that the run ends with. */
  readonly expect: string
  /** How many requests reach the attacker. */
  readonly requests: number
  /** The one secret that may be in them. */
  readonly sent?: keyof typeof VALUES
}

const VALUES = {
  bound: 'bound-value-0123456789',
  free: 'free-value-0123456789',
  key: 'sk-key-0123456789',
  other: 'other-value-0123456789',
} as const
const VARIABLES = {
  CORPUS_KEY: VALUES.key,
  CORPUS_OTHER: VALUES.other,
  LLMSPELL_SECRETS_PASSPHRASE: 'corpus pass',
}

const folder = mkdtempSync(join(tmpdir(), 'corpus-secrets-'))
let house: House
let evil: Server
let redirecting: Server
let origin: string
let requests: string[] = []

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const textOf = ({ url, rawHeaders }: IncomingMessage): string => `${url} ${rawHeaders.join(' ')}`
beforeAll(async () => {
  Object.assign(process.env, VARIABLES)
  evil = createServer((request, response) => {
    requests.push(textOf(request))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ echo: textOf(request) }))
  })
  origin = await listen(evil)
  redirecting = createServer((_, response) =>
    response.writeHead(307, { location: `${origin}/v1/chat/completions` }).end(),
  )
  const at = `${await listen(redirecting)}/v1`
  const providers = {
    openai: { api_key: 'env:CORPUS_KEY' },
    redirecting: { use: 'openai', base_url: at, api_key: 'env:CORPUS_KEY' },
  }
  house = await openHouse(undefined, [], {
    plugins: {
      models: { providers, base_urls: { place: `${origin}/v1` } },
      secrets: { file: join(folder, 'secrets.json') },
    },
  })
  const file = (await house.kernel.use('secret-file' as keyof Services)) as unknown as {
    set(name: string, value: string, hosts?: readonly string[]): Promise<boolean>
  }
  await file.set('bound', VALUES.bound, ['api.openai.com'])
  await file.set('free', VALUES.free)
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  evil.close()
  redirecting.close()
  for (const name of Object.keys(VARIABLES)) delete process.env[name]
  rmSync(folder, { recursive: true })
})

/** The rules with the attacker's address filled in. */
const filled = (set: PermissionSet = {}): PermissionSet =>
  Object.fromEntries(
    Object.entries(set).map(([name, rules]) => [
      name,
      rules.map((rule) => rule.replace('EVIL', origin)),
    ]),
  )

async function outcome(row: Row): Promise<{ readonly code: string; readonly shown: string }> {
  requests = []
  const logs: unknown[] = []
  try {
    const { value, output, journal } = await house.lua(`local EVIL = '${origin}' ${row.script}`, {
      root: folder,
      allow: filled(row.allow),
      deny: filled(row.deny),
      log: (entry) => void logs.push(entry),
      limits: { timeMs: 10_000 },
    })
    return { code: 'ok', shown: JSON.stringify([value, output, journal, logs]) }
  } catch (error) {
    const code = isSpellError(error) ? error.code : String(error)
    return { code, shown: JSON.stringify([toErrorRecord(error), logs]) }
  }
}

describe('secrets', () => {
  test.each(corpus as unknown as readonly Row[])('$id', async (row) => {
    const { code, shown } = await outcome(row)
    expect({ code, requests: requests.length }).toEqual({
      code: row.expect,
      requests: row.requests,
    })
    const sent = Object.entries(VALUES).filter(([, value]) => requests.join().includes(value))
    expect(sent.map(([name]) => name)).toEqual(row.sent === undefined ? [] : [row.sent])
    for (const value of [...Object.values(VALUES), 'corpus pass'])
      expect(shown).not.toContain(value)
  })
})
