import { createRuntime } from '@llmspell/runtime'
import { serverOf } from './server.ts'

const runtime = createRuntime({ profile: 'agents', config: { model: 'mock/demo' } })
const server = serverOf(runtime)
server.addHook('onClose', () => runtime.dispose())
console.log(await server.listen({ port: Number(process.env['PORT'] ?? 3000) }))
process.once('SIGTERM', () => void server.close())
