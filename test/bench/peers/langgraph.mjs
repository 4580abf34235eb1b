// A graph of LangGraph.js whose nodes each add one.
import { DatabaseSync } from 'node:sqlite'
import { Annotation, END, START, StateGraph } from '@langchain/langgraph'
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'

const State = Annotation.Root({ n: Annotation() })

function chain(steps, checkpointer) {
  const names = Array.from({ length: steps }, (_, i) => `step${i}`)
  const graph = new StateGraph(State)
  for (const name of names) graph.addNode(name, async ({ n }) => ({ n: n + 1 }))
  const stations = [START, ...names, END]
  for (const [i, name] of stations.slice(1).entries()) graph.addEdge(stations[i], name)
  return graph.compile({ checkpointer })
}

const bound = (values) => values.map((value) => value ?? null)

function prepared(statement) {
  return {
    run: (...values) => statement.run(...bound(values)),
    get: (...values) => statement.get(...bound(values)),
    all: (...values) => statement.all(...bound(values)),
  }
}

function within(db, fn) {
  db.exec('BEGIN')
  try {
    const result = fn()
    db.exec('COMMIT')
    return result
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

/** What SqliteSaver asks of better-sqlite3, by Node's own SQLite: better-sqlite3 has to be compiled at installing. */
function database(file, synchronous) {
  const db = new DatabaseSync(file)
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`)
  return {
    exec: (sql) => db.exec(sql),
    pragma: (text) => db.exec(`PRAGMA ${text}`),
    prepare: (sql) => prepared(db.prepare(sql)),
    transaction:
      (fn) =>
      (...args) =>
        within(db, () => fn(...args)),
    asked: (name) => String(Object.values(db.prepare(`PRAGMA ${name}`).get())[0]),
    rows: () => db.prepare('SELECT count(*) AS rows FROM checkpoints').get().rows,
    close: () => db.close(),
  }
}

/** In memory without `file`; else each step is saved before the next begins. */
export async function open({ steps, file, synchronous = 'NORMAL' }) {
  const db = file === undefined ? undefined : database(file, synchronous)
  const graph = chain(steps, db && new SqliteSaver(db))
  let runs = 0
  return {
    semantics: db
      ? `SqliteSaver on node:sqlite, durability 'sync', journal_mode ${db.asked('journal_mode')}, synchronous ${db.asked('synchronous')}`
      : 'no checkpointer',
    async run() {
      const configurable = { thread_id: `run-${++runs}` }
      const options = { configurable, recursionLimit: steps + 5, durability: 'sync' }
      return (await graph.invoke({ n: 0 }, db ? options : { recursionLimit: steps + 5 })).n
    },
    ...(db && { saved: async () => db.rows() / runs, close: async () => db.close() }),
  }
}
