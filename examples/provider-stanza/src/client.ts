import type { Access, Http, HttpResponse, ModelCallOptions, ModelSettings } from '@llmspell/sdk'
import { refused } from './failures.ts'

const ADDRESS = 'https://api.stanza.example'
const LIMITS = { headersMs: 120_000, idleMs: 120_000, totalMs: 3_600_000, maxBytes: 32 << 20 }

/** One request to the service; whoever gets the answer closes it. @throws PROVIDER_FAILED for a status of failure */
export async function ask(
  http: Http,
  model: ModelSettings,
  options: ModelCallOptions,
  path: string,
  body?: object,
): Promise<HttpResponse> {
  const { baseUrl = ADDRESS, apiKey } = model
  const access = {
    ...(options.access ?? ownAccess(model.provider, baseUrl)),
    signal: options.signal,
  }
  const request = {
    url: `${baseUrl}${path}`,
    method: body ? 'POST' : 'GET',
    headers: {
      'content-type': 'application/json',
      ...(apiKey ? { 'x-stanza-key': apiKey } : {}),
    },
    redirect: 'manual' as const,
    limits: LIMITS,
    ...(body ? { body: JSON.stringify(body) } : {}),
  }
  const response = await http.request(request, access)
  if (response.status === 200) return response
  try {
    throw await refused(model, response)
  } finally {
    await response.close()
  }
}

/** Where a host calls without saying more: to the base URL and nowhere else. */
function ownAccess(provider: string, baseUrl: string): Access {
  const { origin } = new URL(baseUrl)
  const grants = [
    { holder: 'plugin provider-stanza', allow: { net: [origin], 'net-private': [origin] } },
  ]
  return { subject: `Provider '${provider}'`, grants, root: process.cwd() }
}
