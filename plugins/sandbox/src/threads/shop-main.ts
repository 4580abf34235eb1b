// The process that has the threads: what ends a whole process ends this one and not the host.
import { failure } from './failure.ts'
import { ThreadPool } from './pool.ts'
import type { FromShop, ToShop } from './protocol.ts'

const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const pool = new ThreadPool(new URL(`./thread-main.${ending}`, import.meta.url))
const running = new Map<number, AbortController>()

async function outcomeOf(message: Extract<ToShop, { type: 'run' }>): Promise<FromShop['outcome']> {
  const stop = new AbortController()
  running.set(message.id, stop)
  const { module, ...job } = message.job
  try {
    const value = await pool.run({ ...job, module: new URL(module), signal: stop.signal })
    return { type: 'done', value }
  } catch (error) {
    return failure(error)
  } finally {
    running.delete(message.id)
  }
}

function answer(message: FromShop): void {
  // A host that has gone needs no answer.
  if (process.connected) process.send!(message, () => undefined)
}

process.on('message', (message: ToShop) => {
  if (message.type === 'abort') return running.get(message.id)?.abort()
  void outcomeOf(message).then((outcome) => answer({ id: message.id, outcome }))
})
// It would open the inspector, for any program of the user.
process.on('SIGUSR1', () => undefined)
process.on('disconnect', () => process.exit())
