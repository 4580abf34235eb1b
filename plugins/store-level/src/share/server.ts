import { chmod, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Server as NetServer, Socket } from 'node:net'
import type { RowStore } from '@llmspell/sdk/store'
import { Talk, VERSION } from './talk.ts'

const MOST_CLIENTS = 512

/** Serves the store of this process to others. Keeps no process alive. */
export class Server {
  readonly #net: NetServer
  readonly #path: string
  readonly #talks = new Set<Talk>()

  /** Whoever calls this has the database locked: what is at the path is of nobody. */
  static async listen(path: string, store: RowStore, readOnly: boolean): Promise<Server> {
    if (process.platform !== 'win32') await rm(path, { force: true })
    const server = new Server(path, store, readOnly)
    await new Promise<void>((resolve, reject) => {
      server.#net.once('error', reject)
      server.#net.listen(path, () => resolve())
    })
    server.#net.unref()
    if (process.platform !== 'win32') await chmod(path, 0o600)
    return server
  }

  private constructor(path: string, store: RowStore, readOnly: boolean) {
    this.#path = path
    const greeting = { hello: VERSION, pid: process.pid, readOnly }
    this.#net = createServer((socket) => this.#meet(socket, store, greeting))
    this.#net.maxConnections = MOST_CLIENTS
    this.#net.on('error', () => undefined)
  }

  #meet(socket: Socket, store: RowStore, greeting: object): void {
    socket.unref()
    const talk = new Talk(socket, store, greeting)
    this.#talks.add(talk)
    void talk.over.then(() => this.#talks.delete(talk))
  }

  /** From here on nobody comes; resolves when what was begun is done. The path is free before the database is. */
  async stop(): Promise<void> {
    this.#net.close()
    if (process.platform !== 'win32') await rm(this.#path, { force: true })
    await Promise.all([...this.#talks].map((talk) => talk.leave()))
  }

  /** Sends the clients on to the next owner. */
  end(): void {
    for (const talk of this.#talks) talk.end()
  }
}
