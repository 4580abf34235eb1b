// Stands for the platform: one cold call, one warm one, one that fails.
import { handler, shutdown, type Event } from './handler.ts'

async function call(name: string, event: Event): Promise<void> {
  const started = performance.now()
  const { statusCode, body } = await handler(event)
  console.log(`${name} ${statusCode} ${body}`)
  console.error(`${name}: ${(performance.now() - started).toFixed(1)} ms`)
}

await call('cold', { source: 'return 6 * 7' })
await call('warm', { source: 'return 6 * 7' })
await call('agent', { source: 'return Agent.create{}:execute("Say what you are").text ~= ""' })
await call('failed', { source: 'return Tool.file_read{ path = "/etc/hostname" }' })
await shutdown()
console.error(`process: ${performance.now().toFixed(1)} ms, imports included`)
