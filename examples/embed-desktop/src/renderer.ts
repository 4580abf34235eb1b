// The renderer: it has a port and no other way out.
import { workerData, type MessagePort } from 'node:worker_threads'
import type { Reply, Request } from './bridge.ts'

const { port } = workerData as { readonly port: MessagePort }
const send = (request: Request): void => port.postMessage(request)

/** Asks, and gives the whole answer; `stopAfter` pieces it has had enough. */
function ask(id: number, question: string, stopAfter = Infinity): Promise<string> {
  const pieces: string[] = []
  return new Promise((resolve) => {
    const take = (reply: Reply): void => {
      if (reply.id !== id) return
      if ('text' in reply) {
        if (pieces.push(reply.text) === stopAfter) send({ id, cancel: true })
        return
      }
      port.off('message', take)
      resolve('failed' in reply ? reply.failed : pieces.join(''))
    }
    port.on('message', take)
    send({ id, ask: question })
  })
}

console.log(await ask(1, 'Say what you are', 3))
console.log((await ask(2, 'Say what you are')).split('\n')[0])
port.close()
