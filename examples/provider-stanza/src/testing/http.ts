import { SpellError, type Http } from '@llmspell/sdk'

const lost = (cause: unknown): never => {
  throw new SpellError('HTTP_FAILED', 'The request failed.', { cause })
}

/** The service `http` for tests: without permissions and limits. */
export const http: Http = {
  async request({ url, method = 'GET', headers = {}, body }, { signal }) {
    const more = { ...(signal ? { signal } : {}), ...(body ? { body: body as string } : {}) }
    const response = await fetch(url, { method, headers, redirect: 'manual', ...more }).catch(lost)
    const stream = response.body!
    const close = async (): Promise<void> => {
      if (!stream.locked) await stream.cancel()
    }
    return {
      status: response.status,
      statusText: response.statusText,
      url: response.url,
      headers: Object.fromEntries(response.headers),
      redirects: [],
      body: stream,
      bytes: () => response.bytes(),
      text: () => response.text(),
      close,
      [Symbol.asyncDispose]: close,
    }
  },
  fetch: () => fetch,
}
