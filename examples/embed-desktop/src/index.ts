// The main process. A worker stands for the window: with Electron it is a BrowserWindow that gets the port.
import { MessageChannel, Worker } from 'node:worker_threads'
import { createRuntime } from '@llmspell/runtime'
import { Bridge } from './bridge.ts'

await using runtime = createRuntime({ profile: 'agents', config: { model: 'mock/demo' } })
const { port1, port2 } = new MessageChannel()
const bridge = new Bridge(runtime, port1)
const window = new Worker(new URL('./renderer.ts', import.meta.url), {
  workerData: { port: port2 },
  transferList: [port2],
})
await new Promise((resolve) => window.once('exit', resolve))
console.log(`the window has closed: ${bridge.constructor.name} and runtime end`)
