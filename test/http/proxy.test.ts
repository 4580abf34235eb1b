import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Site } from './site.ts'
import { openNet, outcome, type Net } from './support.ts'

let net: Net
let site: Site
const asked: string[] = []
const proxy = createServer()

proxy.on('connect', (request, socket) => {
  asked.push(request.url ?? '')
  socket.on('error', () => undefined)
  if (request.url?.startsWith('192.')) return void socket.end('HTTP/1.1 403 No\r\n\r\n')
  const to = connect(site.port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    to.pipe(socket).pipe(to)
  })
  to.on('error', () => socket.destroy())
})

beforeAll(async () => {
  ;[net, site] = await Promise.all([openNet(), Site.start()])
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  await net[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
  proxy.closeAllConnections()
  await new Promise((resolve) => proxy.close(resolve))
})

test('a proxy is told the address that was checked, and never the name', async () => {
  const config = { proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` }
  const names: Record<string, string> = { 'here.test': '127.0.0.1', 'away.test': '192.168.0.9' }
  const client = net.make(config, (host) => Promise.resolve([names[host]!]))
  const get = (host: string, access = net.access()) =>
    client.request({ url: `http://${host}:${site.port}/plain` }, access)
  expect(await (await get('here.test')).text()).toBe('plain')
  expect(site.last.headers['host']).toBe(`here.test:${site.port}`)
  expect(await outcome(get('away.test'))).toBe('HTTP_FAILED')
  expect(asked).toEqual([`127.0.0.1:${site.port}`, `192.168.0.9:${site.port}`])
  expect(await outcome(get('here.test', net.access({ net: ['*:*'] })))).toBe('PERMISSION_DENIED')
  expect(asked).toHaveLength(2)
})
