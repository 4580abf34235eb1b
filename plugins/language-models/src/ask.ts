import type { ServerQuestion, Value } from '@llmspell/sdk'
import { cancelled, failureOf } from './failures.ts'
import { fetchOf } from './fetch.ts'
import { addressOf } from './line.ts'
import type { Line } from './line.ts'

/** What a server says beside answers: lists, states, numbers for texts. */
export async function ask(line: Line, { path, headers, body }: ServerQuestion): Promise<Value> {
  const { model, rules, options } = line
  try {
    if (options.signal.aborted) throw cancelled(model)
    const response = await fetchOf(line, {})(`${addressOf(line).replace(/\/+$/, '')}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: options.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return await jsonOf(response)
  } catch (error) {
    throw options.signal.aborted ? cancelled(model) : failureOf(error, model, rules)
  }
}

async function jsonOf(response: Response): Promise<Value> {
  const text = await response.text()
  const facts = {
    statusCode: response.status,
    responseHeaders: Object.fromEntries(response.headers),
    responseBody: text,
  }
  if (!response.ok) throw Object.assign(new Error(response.statusText), facts)
  try {
    return JSON.parse(text) as Value
  } catch (error) {
    throw Object.assign(new Error((error as Error).message), facts)
  }
}
