import { Folder, llmspell, type Ended } from '../cli/support.ts'
import { openHouse } from './kernel.ts'
import type { OpenAIServer, ServerReply } from './openai-server.ts'

/** Which of the two protocols of OpenAI is spoken. */
export type Api = 'chat' | 'responses'

export const APIS: readonly Api[] = ['chat', 'responses']

/** An agent with a prompt, options and two tools that writes what it hears as it hears it. */
const CLERK = `
local agent = Agent.create{
  name = "clerk", system_prompt = "Be brief.", temperature = 0.2, top_p = 0.9,
  seed = ARGS.api == "chat" and 7 or nil, settings = { api = ARGS.api },
  tools = { "calculator", "file-read" }, budget = { max_steps = 3 },
}
for chunk in agent:stream("What is 17% of 3480, and who is in 'team.txt'?") do
  if chunk.type == "text" then write(chunk.text) end
end
`

const FILES = { 'clerk.lua': CLERK, 'team.txt': 'Ada and Bob\n' }
const MODEL = 'openai/gpt-4o-mini'

/** What the clerk's model asks for first. */
export const ASKS: ServerReply = {
  toolCalls: [
    { name: 'calculator', arguments: { expression: '17% of 3480' } },
    { name: 'file-read', arguments: { path: 'team.txt' } },
  ],
}

/** Told of each piece of the output as it comes. */
export type Heard = (piece: string) => void

/** A host that runs the clerk and gives what it wrote. */
export type Host = (server: OpenAIServer, api: Api, heard?: Heard) => Promise<string>

/** Where the environment says that OpenAI is, and with which key. */
export function openaiEnv(server: OpenAIServer): Record<string, string> {
  return { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: 'sk-from-env' }
}

/** The clerk as a process of the command line; the environment names server and key. */
export async function clerkProcess(
  server: OpenAIServer,
  api: Api,
  flags: readonly string[] = [],
  heard?: Heard,
): Promise<Ended> {
  using folder = new Folder(FILES)
  const argv = ['run', 'clerk.lua', '--model', MODEL, '--allow-read=team.txt', ...flags]
  return await llmspell([...argv, '--api', api], {
    cwd: folder.path,
    env: openaiEnv(server),
    meet: (child) => child.stdout!.on('data', (chunk: Buffer) => heard?.(chunk.toString())),
  })
}

/** A script given as text, as a process of the command line. */
export function execute(
  env: Readonly<Record<string, string>>,
  code: string,
  ...flags: readonly string[]
): Promise<Ended> {
  return llmspell(['exec', code, ...flags], { env })
}

const inProcess: Host = async (server, api, heard) => {
  const { code, stdout, stderr } = await clerkProcess(server, api, [], heard)
  if (code !== 0 || stderr !== '') throw new Error(`exit code ${code}: ${stderr}`)
  return stdout
}

const inKernel: Host = async (server, api, heard) => {
  using folder = new Folder(FILES)
  const openai = { base_url: server.baseUrl, api_key: 'sk-from-config' }
  const house = await openHouse(undefined, [], { plugins: { models: { providers: { openai } } } })
  let output = ''
  const write = (piece: string): void => {
    output += piece
    heard?.(piece)
  }
  const args = ['--api', api]
  const allow = { read: ['team.txt'] }
  await house.lua(CLERK, { root: folder.path, args, allow, write, settings: { model: MODEL } })
  await house.kernel.stop()
  return output
}

/** Both hosts, with the key that each is given. */
export const HOSTS: readonly { name: string; host: Host; key: string }[] = [
  { name: 'the command line', host: inProcess, key: 'sk-from-env' },
  { name: 'a kernel', host: inKernel, key: 'sk-from-config' },
]
