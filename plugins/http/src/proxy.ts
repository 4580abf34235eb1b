import type { Agent } from 'node:http'
import type { Socket } from 'node:net'
import type { Checked } from './resolve.ts'

/** What a connection of the pool needs to know beside Node's own options. */
export interface Road {
  readonly poolKey: string
  readonly addresses: readonly Checked[]
  readonly host: string
  readonly port: number
}

type Done = (error: Error | null, socket?: Socket) => void

/** Makes the agent's connections by CONNECT: the proxy is told the checked address, never the name. */
export function byProxy(agent: Agent, proxy: URL, secure: boolean): void {
  const create = (options: unknown, done: Done): undefined => {
    void hand(connected(proxy, options as Road, secure), done)
  }
  agent.createConnection = create as unknown as Agent['createConnection']
}

async function hand(connecting: Promise<Socket>, done: Done): Promise<void> {
  const made = await connecting.catch((error: unknown) => error as Error)
  if (made instanceof Error) done(made)
  else done(null, made)
}

async function connected(proxy: URL, road: Road, secure: boolean): Promise<Socket> {
  const socket = await tunnel(proxy, road)
  return secure ? shielded(socket, road) : socket
}

function tunnel(proxy: URL, { addresses, port }: Road): Promise<Socket> {
  const { address, family } = addresses[0]!
  const path = `${family === 6 ? `[${address}]` : address}:${port}`
  const http = process.getBuiltinModule('node:http')
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? 80 : Number(proxy.port),
      method: 'CONNECT',
      path,
      headers: { host: path },
      agent: false,
      timeout: 30_000,
    })
    request.once('timeout', () => request.destroy(refusal('ETIMEDOUT')))
    request.once('error', reject)
    request.once('response', (answer) => {
      answer.destroy()
      reject(refusal('EPROXY'))
    })
    request.once('connect', (answer, socket: Socket) => {
      if (answer.statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(refusal('EPROXY'))
    })
    request.end()
  })
}

function shielded(socket: Socket, { host }: Road): Socket {
  const { isIP } = process.getBuiltinModule('node:net')
  const { connect } = process.getBuiltinModule('node:tls')
  return connect({ socket, host, servername: isIP(host) > 0 ? '' : host })
}

function refusal(code: string): Error {
  return Object.assign(new Error('The proxy made no connection.'), { code })
}
