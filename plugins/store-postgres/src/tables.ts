import type { PoolClient } from 'pg'

const LOCK = 0x6c6c6d73

/** Names of the tables, as they stand in statements. */
export interface Tables {
  readonly rows: string
  readonly head: string
  readonly writers: string
  readonly channel: string
}

/** @param schema letters, digits and `_`: the config allows nothing else */
export function tablesOf(schema: string): Tables {
  return {
    rows: `"${schema}".rows`,
    head: `"${schema}".head`,
    writers: `"${schema}".writers`,
    channel: `"llmspell_${schema}"`,
  }
}

/** Makes what is missing; of several processes one at a time does. */
export async function makeTables(client: PoolClient, schema: string): Promise<void> {
  if (await areThere(client, schema)) return
  await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK}, hashtext('${schema}'))`)
  if (!(await areThere(client, schema))) await client.query(statements(schema, tablesOf(schema)))
  await client.query('COMMIT')
}

/** Asks the catalog itself: what a connection knows of it by name may be old. */
export async function areThere(client: PoolClient, schema: string): Promise<boolean> {
  const text = 'SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = $2'
  return (await client.query(text, [schema, 'writers'])).rows.length > 0
}

/**
 * `head` is the one row that each commit locks: the number of the last change, without gaps. `writers` holds the last batch
 * of each process, by which it finds out whether a commit was made whose answer was lost.
 */
function statements(schema: string, { rows, head, writers }: Tables): string {
  return `
    CREATE SCHEMA IF NOT EXISTS "${schema}";
    CREATE TABLE ${rows} (key bytea PRIMARY KEY, value bytea NOT NULL);
    CREATE TABLE ${head} (one boolean PRIMARY KEY CHECK (one), seq bigint NOT NULL, hash bytea NOT NULL)
      WITH (fillfactor = 50);
    INSERT INTO ${head} VALUES (true, 0, decode(repeat('00', 32), 'hex'));
    CREATE TABLE ${writers} (id uuid PRIMARY KEY, batch bigint NOT NULL, seen timestamptz NOT NULL)
      WITH (fillfactor = 50);`
}
