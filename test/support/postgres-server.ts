import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { debianServer } from './debian.ts'
import { asWhom, removeFolder, serverFolder, ServerProcess } from './server-process.ts'

/** The server of this machine or of its package, or why there is none. */
export const postgres = debianServer(
  'postgresql',
  'usr/lib/postgresql/*/bin/postgres',
  /-perl$|^libllvm|^perl|^locales|^postgresql-common/,
)

const SETTINGS = [
  'listen_addresses=',
  'jit=off',
  'shared_buffers=16MB',
  'max_connections=60',
  'max_worker_processes=2',
  'autovacuum=off',
]

/** A PostgreSQL server of a test, on a socket in a temp folder. */
export class PostgresServer {
  readonly folder = serverFolder('pg')
  readonly password = 'pass#/word'
  #process: ServerProcess | undefined

  static async start(): Promise<PostgresServer> {
    const server = new PostgresServer()
    try {
      server.#make()
      await server.run()
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  /** Without the password. */
  get url(): string {
    return `postgres:///postgres?host=${this.folder}&user=tester`
  }

  get client(): pg.Client {
    const { folder: host, password } = this
    const client = new pg.Client({ host, user: 'tester', password, database: 'postgres' })
    return client.on('error', () => undefined)
  }

  /** After a kill the memory of the old one is in use until the last of its children has noticed. */
  async run(extra: readonly string[] = []): Promise<void> {
    for (;;) {
      try {
        return await this.#run(extra)
      } catch (error) {
        if (!String(error).includes('still in use')) throw error
      }
    }
  }

  async query(text: string): Promise<readonly Record<string, unknown>[]> {
    const { client } = this
    try {
      await client.connect()
      const { rows } = await client.query<Record<string, unknown>>(text)
      return rows
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  /** As if the machine had lost its power, but for what the system holds of its files. */
  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#process?.end('SIGINT')
    removeFolder(this.folder)
  }

  get #data(): string {
    return join(this.folder, 'data')
  }

  async #run(extra: readonly string[]): Promise<void> {
    const settings = [...SETTINGS, ...extra, `unix_socket_directories=${this.folder}`]
    const args = ['-D', this.#data, ...settings.flatMap((each) => ['-c', each])]
    this.#process = new ServerProcess(postgres.path!, args, { env: postgres.env })
    await this.#process.ready(() => this.query('SELECT 1').then(Boolean, () => false))
  }

  #make(): void {
    const file = join(this.folder, 'password')
    writeFileSync(file, this.password, { mode: 0o644 })
    const args = ['-D', this.#data, '-U', 'tester', '-A', 'scram-sha-256', `--pwfile=${file}`]
    const flags = ['--no-sync', '--encoding=UTF8', '--locale=C', ...args]
    const initdb = join(dirname(postgres.path!), 'initdb')
    execFileSync(initdb, flags, { env: postgres.env, stdio: 'pipe', cwd: this.folder, ...asWhom })
  }
}
