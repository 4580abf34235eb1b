import { chmod, rename, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Server as NetServer, Socket } from 'node:net'
import type { RowStore } from '@llmspell/sdk/store'
import { notListening } from './errors.ts'
import type { Owner } from './owner-file.ts'
import { Talk, VERSION } from './talk.ts'

const MOST_CLIENTS = 512

/** Serves the store of this process to others. Keeps no process alive. */
export class Server {
  readonly #net: NetServer
  readonly #path: string
  readonly #talks = new Set<Talk>()

  /** Whoever calls this has the database locked: what is at the path is of nobody. */
  static async listen(owner: Owner, store: RowStore, readOnly: boolean): Promise<Server> {
    const server = new Server(owner, store, readOnly)
    try {
      await server.#listen()
      return server
    } catch (error) {
      server.#net.close()
      throw notListening(owner.socket, error)
    }
  }

  private constructor({ socket: path, folder }: Owner, store: RowStore, readOnly: boolean) {
    this.#path = path
    const greeting = { hello: VERSION, pid: process.pid, readOnly, folder }
    this.#net = createServer((socket) => this.#meet(socket, store, greeting))
    this.#net.maxConnections = MOST_CLIENTS
    this.#net.on('error', () => undefined)
  }

  /** Node removes the path it listened at when it ends, whoever is there by then: so it has another name meanwhile. */
  async #listen(): Promise<void> {
    const pipe = process.platform === 'win32'
    const draft = pipe ? this.#path : `${this.#path}~`
    if (!pipe) await rm(draft, { force: true })
    await new Promise<void>((resolve, reject) => {
      this.#net.once('error', reject)
      this.#net.listen(draft, () => resolve())
    })
    this.#net.unref()
    if (pipe) return
    await chmod(draft, 0o600)
    await rename(draft, this.#path)
  }

  #meet(socket: Socket, store: RowStore, greeting: object): void {
    socket.unref()
    const talk = new Talk(socket, store, greeting)
    this.#talks.add(talk)
    void talk.over.then(() => this.#talks.delete(talk))
  }

  /** From here on nobody comes; resolves when what was begun is done. The path is free before the database is. */
  async stop(mine: boolean): Promise<void> {
    this.#net.close()
    if (mine && process.platform !== 'win32') await rm(this.#path, { force: true })
    await Promise.all([...this.#talks].map((talk) => talk.leave()))
  }

  /** Sends the clients on to the next owner. */
  end(): void {
    for (const talk of this.#talks) talk.end()
  }
}
