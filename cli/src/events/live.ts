import type { Kernel } from '@llmspell/kernel'
import { event } from '../print/events.ts'
import { isOn } from '../run/options.ts'
import type { Stage } from '../stage.ts'

/**
 * Events during a run: with --events each is printed as a JSON line, and where the config has something to say about events
 * they are kept from the first one on.
 */
export async function liveEvents(stage: Stage, kernel: Kernel): Promise<AsyncDisposable> {
  const shown = isOn(stage.parsed, 'events')
  const { plugins = {} } = await stage.config()
  if (!shown && !Object.hasOwn(plugins, 'events')) return { [Symbol.asyncDispose]: async () => {} }
  const bus = await kernel.use('events')
  const heard = shown ? bus.on('*', (published) => event('event', { published })) : undefined
  const close = async (): Promise<void> => {
    await bus.settled()
    heard?.close()
  }
  return { [Symbol.asyncDispose]: close }
}
