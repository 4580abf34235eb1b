// A workflow of Mastra whose steps each add one.
import { Mastra } from '@mastra/core'
import { createStep, createWorkflow } from '@mastra/core/workflows'
import { LibSQLStore } from '@mastra/libsql'
import { z } from 'zod'

const schema = z.object({ n: z.number() })

function chain(steps, options) {
  const shapes = { inputSchema: schema, outputSchema: schema }
  let workflow = createWorkflow({ id: 'chain', ...shapes, options })
  for (let i = 0; i < steps; i++) {
    const execute = async ({ inputData: { n } }) => ({ n: n + 1 })
    workflow = workflow.then(createStep({ id: `step${i}`, ...shapes, execute }))
  }
  return workflow.commit()
}

async function stored(file, synchronous) {
  const storage = new LibSQLStore({ id: 'bench', url: `file:${file}` })
  await storage.init()
  await storage.client.execute(`PRAGMA synchronous = ${synchronous}`)
  return storage
}

async function asked({ client }, name) {
  return Object.values((await client.execute(`PRAGMA ${name}`)).rows[0])[0]
}

async function saved({ client }) {
  const { rows } = await client.execute('SELECT count(*) AS n FROM mastra_workflow_snapshot')
  return rows[0].n
}

/** In memory without `file`, and without snapshots; else with a snapshot of the run after each step. */
export async function open({ steps, file, synchronous = 'NORMAL' }) {
  const storage = file === undefined ? undefined : await stored(file, synchronous)
  const chained = chain(steps, storage ? {} : { shouldPersistSnapshot: () => false })
  const mastra = new Mastra({ workflows: { chain: chained }, logger: false, storage })
  const workflow = mastra.getWorkflow('chain')
  let runs = 0
  return {
    semantics: storage
      ? `LibSQLStore, journal_mode ${await asked(storage, 'journal_mode')}, synchronous ${await asked(storage, 'synchronous')}`
      : 'no snapshots',
    async run() {
      runs++
      const outcome = await (await workflow.createRun()).start({ inputData: { n: 0 } })
      return outcome.status === 'success' ? outcome.result.n : outcome.status
    },
    ...(storage && {
      saved: async () => (await saved(storage)) / runs,
      close: async () => storage.client.close(),
    }),
  }
}
