import { parentPort, workerData } from 'node:worker_threads'
import { failure } from './failure.ts'
import type { FromThread, Task, ThreadData } from './protocol.ts'

type Functions = Readonly<Record<string, unknown>>

const port = parentPort!

function answer(message: FromThread): void {
  try {
    port.postMessage(message)
  } catch (error) {
    port.postMessage(failure(error))
  }
}

async function perform(functions: Functions, task: Task): Promise<FromThread> {
  try {
    const fn = Object.hasOwn(functions, task.function) ? functions[task.function] : undefined
    if (typeof fn !== 'function') throw new TypeError(`There is no function '${task.function}'.`)
    return { type: 'done', value: await (fn as (...args: unknown[]) => unknown)(...task.args) }
  } catch (error) {
    return failure(error)
  }
}

async function main(): Promise<void> {
  const functions = (await import((workerData as ThreadData).module)) as Functions
  const { heapUsed, external } = process.memoryUsage()
  port.on('message', (task: Task) => void perform(functions, task).then(answer))
  answer({ type: 'ready', bytes: heapUsed + external })
}

void main()
