// What a server outside sees of a durable run whose process is killed while a request is under way.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Place } from '../cli/runs.ts'

interface Seen {
  readonly name: string
  readonly key: string | undefined
}

let server: Server
let origin = ''
const seen: Seen[] = []
/** Kills whoever asks for `two`: it never reads the answer. */
let kill: (() => void) | undefined

beforeAll(async () => {
  server = createServer((request, response) => {
    const key = request.headers['idempotency-key'] as string | undefined
    const name = (request.url ?? '').slice(1)
    seen.push({ name, key })
    if (name === 'two' && kill) return kill()
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ did: name }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => void seen.splice(0))

const FILES = () => ({
  'post.lua': `local out = {}
    for _, name in ipairs{ 'one', 'two', 'three' } do
      local got = Tool.http_request{ url = '${origin}/' .. name, method = 'POST', json = { n = 1 } }
      out[#out + 1] = got.result.json.did
    end
    return out`,
  'post.js': `const out = []
    for (const name of ['one', 'two', 'three']) {
      const got = await Tool.httpRequest({ url: '${origin}/' + name, method: 'POST', json: { n: 1 } })
      out.push(got.result.json.did)
    }
    return out`,
  'post.yaml': `apiVersion: llmspell/v1
name: post
type: sequential
steps:
${['one', 'two', 'three'].map(step).join('')}`,
})

const step = (name: string): string => `  - name: ${name}
    tool: http-request
    input: { url: '${origin}/${name}', method: POST, json: { n: 1 } }
`

describe.each(['post.lua', 'post.js', 'post.yaml'])('%s', (file) => {
  test('is killed while it asks: the same key is seen again, and no other request', async () => {
    using place = new Place(FILES())
    const grants = [`--allow-net=${origin}`, '--allow-net-private']
    const killed = await place.run([file, '--durable', '--run-id=r', ...grants], {
      meet: (child) => {
        kill = () => void child.kill('SIGKILL')
      },
    })
    kill = undefined
    expect(killed).toMatchObject({ signal: 'SIGKILL', code: null })
    expect(await place.run(['resume', 'r'])).toMatchObject({
      code: expect.not.toBeOneOf([0]),
      stderr: expect.stringContaining('RESUME_UNCERTAIN'),
    })
    expect(seen.map(({ name }) => name)).toEqual(['one', 'two'])
    const resumed = await place.run(['resume', 'r', '--on-unknown=retry'])
    expect(resumed).toMatchObject({ code: 0 })
    expect(resumed.stdout).toContain('three')
    expect(seen.map(({ name }) => name)).toEqual(['one', 'two', 'two', 'three'])
    const [one, two, again, three] = seen.map(({ key }) => key)
    expect(two).toMatch(/^[0-9a-f]{32}$/)
    expect(again).toBe(two)
    expect(new Set([one, two, three]).size).toBe(3)
    expect(await place.run(['replay', 'r'])).toMatchObject({ code: 0, stdout: resumed.stdout })
    expect(seen).toHaveLength(4)
  })
})
