import type { Registration } from './registration.ts'

/** Copies that may wait for one hook. */
const MOST_WAITING = 1000

interface Queue {
  readonly waiting: (() => Promise<unknown>)[]
  /** The end of what is under way. */
  idle: Promise<void>
  busy: boolean
  dropped: number
}

/** Notices for hooks that nobody waits for: each hook gets its own one after the other. */
export class Notices {
  readonly #queues = new Map<Registration, Queue>()

  add(hook: Registration, tell: () => Promise<unknown>): void {
    const queue = this.#queueOf(hook)
    if (queue.waiting.length >= MOST_WAITING) return this.#drop(hook, queue)
    queue.waiting.push(tell)
    if (queue.busy) return
    queue.busy = true
    queue.idle = this.#work(queue)
  }

  /** Resolves when nothing waits for the hook; then it is forgotten. */
  async close(hook: Registration): Promise<void> {
    const queue = this.#queues.get(hook)
    if (!queue) return
    await queue.idle
    this.#queues.delete(hook)
    if (queue.dropped > 0) hook.owner.log({ level: 'warn', message: droppedText(hook, queue) })
  }

  /** What waits for the hook is not told any more. */
  forget(hook: Registration): void {
    this.#queues.get(hook)?.waiting.splice(0)
  }

  async #work(queue: Queue): Promise<void> {
    await Promise.resolve()
    for (let tell = queue.waiting.shift(); tell; tell = queue.waiting.shift()) await tell()
    queue.busy = false
  }

  #drop(hook: Registration, queue: Queue): void {
    if (queue.dropped++ > 0) return
    const text = `Hook '${hook.id}' of ${hook.owner.file} is behind at '${hook.named}'`
    hook.owner.log({
      level: 'warn',
      message: `${text}: ${MOST_WAITING} notices wait, and further ones are dropped.`,
    })
  }

  #queueOf(hook: Registration): Queue {
    const known = this.#queues.get(hook)
    if (known) return known
    const made: Queue = { waiting: [], idle: Promise.resolve(), busy: false, dropped: 0 }
    this.#queues.set(hook, made)
    return made
  }
}

function droppedText(hook: Registration, { dropped }: Queue): string {
  return `Hook '${hook.id}' of ${hook.owner.file} did not get ${dropped} notices of '${hook.named}'.`
}
