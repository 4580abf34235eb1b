import type { PoolClient } from 'pg'
import type { Head, RowOp } from '@llmspell/sdk/store'
import { hexOf } from './postgres-view.ts'
import type { Tables } from './tables.ts'

/** Bytes that one statement carries. */
const STATEMENT = 4 * 1024 * 1024

export interface Begun {
  readonly head: Head
  /** The last batch of this process that was written. */
  readonly batch: bigint
}

/** One commit on its connection, from the lock of the head on: whoever else commits waits. */
export class Transaction {
  readonly #client: PoolClient
  readonly #tables: Tables
  readonly #writer: string

  constructor(client: PoolClient, tables: Tables, writer: string) {
    this.#client = client
    this.#tables = tables
    this.#writer = writer
  }

  /** @param idleMs after which the server gives up a process that has stopped in the middle */
  async begin(sync: boolean, idleMs: number): Promise<Begun> {
    const { head, writers } = this.#tables
    // Statements of their own: the second sees what was committed while the first waited for the lock.
    const results = (await this.#client.query(`BEGIN;
      SET LOCAL synchronous_commit = ${sync ? 'on' : 'off'};
      SET LOCAL idle_in_transaction_session_timeout = ${idleMs};
      SELECT seq, hash FROM ${head} FOR UPDATE;
      SELECT batch FROM ${writers} WHERE id = '${this.#writer}'`)) as unknown as Result[]
    const [{ seq, hash }] = results[3]!.rows as [{ seq: string; hash: Buffer }]
    const [last] = results[4]!.rows as { batch: string }[]
    return { head: { seq: BigInt(seq), hash }, batch: BigInt(last?.batch ?? 0) }
  }

  async held(keys: readonly Buffer[]): Promise<Map<string, Buffer>> {
    if (keys.length === 0) return new Map()
    const text = `SELECT key, value FROM ${this.#tables.rows} WHERE key = ANY($1::bytea[])`
    const { rows } = await this.#client.query<{ key: Buffer; value: Buffer }>(text, [keys])
    return new Map(rows.map(({ key, value }) => [key.toString('latin1'), value]))
  }

  /** A key that is there twice would make the upsert fail: the last wins, before it is sent. */
  async write(ops: readonly RowOp[]): Promise<void> {
    const last = new Map(ops.map((op) => [Buffer.from(op.key).toString('latin1'), op]))
    const all = [...last.values()]
    const gone = all.filter(({ type }) => type === 'del').map(({ key }) => Buffer.from(key))
    const text = `DELETE FROM ${this.#tables.rows} WHERE key = ANY($1::bytea[])`
    if (gone.length > 0) await this.#client.query(text, [gone])
    for (const part of parts(all)) await this.#put(part)
  }

  async clear(): Promise<void> {
    await this.#client.query(`DELETE FROM ${this.#tables.rows}`)
  }

  async commit({ seq, hash }: Head, batch: bigint): Promise<void> {
    const { head, writers, channel } = this.#tables
    await this.#client.query(`
      UPDATE ${head} SET seq = ${seq}, hash = ${hexOf(hash)};
      INSERT INTO ${writers} VALUES ('${this.#writer}', ${batch}, now())
        ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, seen = excluded.seen;
      NOTIFY ${channel}, '${seq}';
      COMMIT`)
  }

  async rollback(): Promise<void> {
    await this.#client.query('ROLLBACK')
  }

  async #put(ops: readonly Put[]): Promise<void> {
    const text = `INSERT INTO ${this.#tables.rows} SELECT * FROM unnest($1::bytea[], $2::bytea[])
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`
    const values = [ops.map(({ key }) => Buffer.from(key)), ops.map(({ value }) => bufferOf(value))]
    await this.#client.query(text, values)
  }
}

interface Result {
  readonly rows: unknown[]
}

type Put = Extract<RowOp, { type: 'put' }>

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function* parts(ops: readonly RowOp[]): Generator<Put[]> {
  let part: Put[] = []
  let bytes = 0
  for (const op of ops) {
    if (op.type === 'del') continue
    part.push(op)
    bytes += op.key.length + op.value.length
    if (bytes < STATEMENT) continue
    yield part
    part = []
    bytes = 0
  }
  if (part.length > 0) yield part
}
