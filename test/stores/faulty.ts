import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

/** A way to a server that can be told to lose an answer, with the connection that it came on. */
export interface Faulty {
  /** Loses the next answer that holds a text. */
  lose(text: string): void
  readonly lost: number
  close(): Promise<void>
}

export async function faulty(path: string, target: string): Promise<Faulty> {
  const open = new Set<Socket>()
  let text: string | undefined
  let lost = 0
  const server = createServer((near) => {
    const far = connect(target)
    const end = (): void => void [near, far].map((socket) => socket.destroy())
    for (const socket of [near, far]) open.add(socket.on('error', end).on('close', end))
    near.pipe(far)
    far.on('data', (chunk: Buffer) => {
      if (text === undefined || !chunk.includes(text)) return void near.write(chunk)
      text = undefined
      lost++
      end()
    })
  })
  await once(server.listen(path), 'listening')
  return {
    lose: (given) => void (text = given),
    get lost() {
      return lost
    },
    async close() {
      for (const socket of open) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}
