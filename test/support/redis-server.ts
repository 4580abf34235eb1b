import { join } from 'node:path'
import { Redis } from 'ioredis'
import { debianServer } from './debian.ts'
import { removeFolder, serverFolder, ServerProcess } from './server-process.ts'

/** The server of this machine or of its package, or why there is none. */
export const redis = debianServer('redis-server', 'usr/bin/redis-server')

const SETTINGS = { appendonly: 'yes', appendfsync: 'always', save: '', databases: '2' }

/** A Redis server of a test, on a socket in a temp folder. */
export class RedisServer {
  readonly folder = serverFolder('redis')
  readonly password = 'pass#/word'
  #process: ServerProcess | undefined

  static async start(): Promise<RedisServer> {
    const server = new RedisServer()
    try {
      await server.run()
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  /** Without the password. */
  get url(): string {
    return `redis:///0?path=${this.#socket}`
  }

  async run(extra: Readonly<Record<string, string>> = {}): Promise<void> {
    const place = { port: '0', unixsocket: this.#socket, dir: this.folder }
    const settings = { ...SETTINGS, ...place, requirepass: this.password, ...extra }
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
    this.#process = new ServerProcess(redis.path!, args, { env: redis.env })
    await this.#process.ready(() => this.ask('PING').then(Boolean, () => false))
  }

  async ask(command: string, ...given: readonly string[]): Promise<unknown> {
    const options = { lazyConnect: true, retryStrategy: () => null, enableOfflineQueue: false }
    const client = new Redis({ ...options, path: this.#socket, password: this.password })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await client.call(command, [...given])
    } finally {
      client.disconnect()
    }
  }

  /** As if the machine had lost its power, but for what the system holds of its files. */
  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.kill()
    removeFolder(this.folder)
  }

  get #socket(): string {
    return join(this.folder, 'socket')
  }
}
