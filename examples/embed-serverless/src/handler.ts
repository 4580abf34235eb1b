import { createRuntime, isSpellError, type Runtime } from '@llmspell/runtime'

export interface Event {
  readonly source: string
  readonly engine?: string
  readonly args?: readonly string[]
}

export interface Response {
  readonly statusCode: number
  readonly body: string
}

let runtime: Runtime | undefined

/** One call. The runtime is made by the first and stays for the next: nothing is written, nothing of a run stays. */
export async function handler({ source, engine, args = [] }: Event): Promise<Response> {
  runtime ??= createRuntime({ profile: 'agents', limits: { timeMs: 5_000, calls: 1_000 } })
  try {
    const script = { source, args, ...(engine === undefined ? {} : { engine }) }
    const { value, output } = await runtime.run({ ...script, settings: { model: 'mock/demo' } })
    return { statusCode: 200, body: JSON.stringify({ value: value ?? null, output }) }
  } catch (error) {
    if (!isSpellError(error)) throw error
    const { code, message, hint } = error
    return { statusCode: 422, body: JSON.stringify({ code, message, hint }) }
  }
}

/** For a platform that tells when it takes the process down. */
export async function shutdown(): Promise<void> {
  await runtime?.dispose()
  runtime = undefined
}
