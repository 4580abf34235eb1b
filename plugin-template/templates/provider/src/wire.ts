import type {
  Access,
  Http,
  HttpRequest,
  ModelCallOptions,
  ModelRequest,
  ModelSettings,
} from '@llmspell/sdk'
import { failureOf, malformed, refused } from './failures.ts'

const ADDRESS = 'http://127.0.0.1:8080'
const LINE_CHARACTERS = 1024 * 1024
const LIMITS = { headersMs: 120_000, idleMs: 120_000, totalMs: 3_600_000, maxBytes: 32 << 20 }

/** The objects of an answer, as they come; a reader that leaves frees the connection. @throws PROVIDER_FAILED, CANCELLED */
export async function* linesOf(
  http: Http,
  model: ModelSettings,
  request: ModelRequest,
  options: ModelCallOptions,
): AsyncGenerator<object> {
  let begun = false
  try {
    const access = { ...(options.access ?? ownAccess(model)), signal: options.signal }
    await using response = await http.request(requestOf(model, request), access)
    if (response.status !== 200) throw await refused(response, model)
    begun = true
    for await (const text of textLines(response.body, model)) yield parsed(text, model)
  } catch (error) {
    throw failureOf(error, model, options.signal, begun)
  }
}

function requestOf(model: ModelSettings, request: ModelRequest): HttpRequest {
  const { baseUrl = ADDRESS, apiKey } = model
  return {
    url: `${baseUrl}/chat`,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    },
    redirect: 'manual',
    limits: LIMITS,
    body: JSON.stringify({ model: model.model, ...request, ...model.settings }),
  }
}

/** Where a host calls without saying more: to the base URL and nowhere else. */
function ownAccess({ provider, baseUrl = ADDRESS }: ModelSettings): Access {
  const { origin } = new URL(baseUrl)
  const allow = { net: [origin], 'net-private': [origin] }
  const grants = [{ holder: 'plugin my-plugin', allow }]
  return { subject: `Provider '${provider}'`, grants, root: process.cwd() }
}

async function* textLines(
  body: AsyncIterable<Uint8Array>,
  model: ModelSettings,
): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop()!
    if (rest.length > LINE_CHARACTERS) throw malformed(model, 'a line of more than 1 MiB')
    yield* lines
  }
  if (rest !== '') yield rest
}

function parsed(text: string, model: ModelSettings): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // What it is instead is said below.
  }
  throw malformed(model, text)
}
