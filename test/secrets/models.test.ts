import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Folder, llmspell, type Ended } from '../cli/support.ts'
import { OpenAIServer } from '../support/openai-server.ts'

let server: OpenAIServer
beforeAll(async () => void (server = await OpenAIServer.start()))
afterAll(() => server.close())

const ASK = 'print(Agent.create{}:execute("Hi").text)'
const KEY = 'sk-kept-0123456789'

function run(folder: Folder, argv: readonly string[], input?: string): Promise<Ended> {
  const env = { LLMSPELL_HOME: join(folder.path, 'home'), OPENAI_BASE_URL: server.baseUrl }
  return llmspell(argv, { cwd: folder.path, env, ...(input === undefined ? {} : { input }) })
}

/** The server says the key that it was sent, as a careless one might. */
const echo = (): void => server.reset(() => ({ text: `You sent ${KEY}.` }))

describe('the key of a model', () => {
  test('in .env just works, chooses the provider, and is not seen again', async () => {
    using folder = new Folder({ '.env': `# mine\nexport OPENAI_API_KEY="${KEY}"\n` })
    echo()
    const ended = await run(folder, ['exec', ASK])
    expect(server.last.headers.authorization).toBe(`Bearer ${KEY}`)
    expect(ended).toMatchObject({ code: 0, stdout: 'You sent secret:env:OPENAI_API_KEY.\n' })
    expect((await run(folder, ['doctor'])).stdout).toMatch(/provider openai.*ready, key present/)
  })

  test('in .env is not read where the config says so, and never says where to send it', async () => {
    const text = `OPENAI_API_KEY=${KEY}\nOPENAI_BASE_URL=http://127.0.0.1:9/v1\n`
    using folder = new Folder({
      '.env': text,
      'llmspell.toml': '[plugins.secrets]\ndotenv = false\n',
    })
    echo()
    const ended = await run(folder, ['exec', ASK, '--model=openai/gpt-4o-mini'])
    expect(ended).toMatchObject({ code: 0 })
    expect(server.last.headers).not.toHaveProperty('authorization')
  })

  test('in the encrypted file goes to the hosts that it is bound to', async () => {
    const config = '[plugins.models.providers.openai]\napi_key = "secret:openai"\n'
    using folder = new Folder({ 'own.toml': config })
    const { host } = new URL(server.origin)
    const words = ['exec', ASK, '--config=own.toml', '--model=openai/gpt-4o-mini']
    expect((await run(folder, words)).stderr).toContain('llmspell secret set openai')
    await run(folder, ['secret', 'set', 'openai', '--host', host], KEY)
    echo()
    expect(await run(folder, words)).toMatchObject({ stdout: 'You sent secret:openai.\n', code: 0 })
    expect(server.last.headers.authorization).toBe(`Bearer ${KEY}`)
    await run(folder, ['secret', 'set', 'openai', '--host', 'api.openai.com'], KEY)
    server.reset(() => ({ text: 'x' }))
    const refused = await run(folder, words)
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('SECRET_BOUND') })
    expect(server.requests).toEqual([])
  })

  test('by a script needs a grant for the secret', async () => {
    using folder = new Folder()
    await run(folder, ['secret', 'set', 'own'], KEY)
    const script = `print(Agent.create{ model = { model = "openai/gpt-4o-mini", api_key = "secret:own" } }:execute("Hi").text)`
    echo()
    expect(await run(folder, ['exec', script])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('--allow-secret=own'),
    })
    expect(await run(folder, ['exec', script, '--allow-secret=own'])).toMatchObject({
      code: 0,
      stdout: 'You sent secret:own.\n',
    })
  })
})
