import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { ThreadData } from './protocol.ts'
import type { HostSide } from './session.ts'

const THREAD_STACK_MB = 16
/** Garbage of a moment ago stays below this, so that it is not taken for what the script holds. */
const YOUNG_MB = 16

/** What a thread is told at its start. */
export function threadData(
  engineFile: string,
  host: HostSide,
  port: MessagePort,
  counters: Int32Array<SharedArrayBuffer>,
): ThreadData {
  const modules = Object.fromEntries(host.modules.map((name) => [name, host.describe(name)]))
  const fields = Object.fromEntries(
    Object.values(modules).map(({ name, fields = {} }) => [
      name,
      Object.fromEntries(Object.keys(fields).map((key) => [key, host.field(name, key) ?? null])),
    ]),
  )
  return {
    engine: pathToFileURL(engineFile).href,
    facts: host.facts,
    limits: host.limits,
    modules,
    fields,
    attended: host.uncaught !== undefined,
    port,
    counters,
  }
}

/** The thread sees no environment, no flags of ours, and no standard streams. */
export function startThread(main: URL, data: ThreadData): Worker {
  return new Worker(main, {
    workerData: data,
    transferList: [data.port],
    env: {},
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: {
      maxYoungGenerationSizeMb: YOUNG_MB,
      maxOldGenerationSizeMb: heapMb(data.limits.memoryBytes),
      stackSizeMb: THREAD_STACK_MB,
    },
  })
}

/** The heap holds what crosses the door, and all of an engine in JavaScript; what buffers hold, the guard watches. */
function heapMb(memoryBytes: number): number {
  return Math.max(32, Math.ceil(memoryBytes / 1024 / 1024))
}
