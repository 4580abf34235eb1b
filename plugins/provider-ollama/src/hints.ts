import type { FailureKind, ModelSettings } from '@llmspell/sdk'
import { urlOf } from './address.ts'

/** One next step for each way to fail. */
export function hintOf(kind: FailureKind, said: string, model: ModelSettings): string {
  switch (kind) {
    case 'network':
      return `Start the server with 'ollama serve', or set OLLAMA_HOST to where it runs; '${urlOf(model, '')}' was asked.`
    case 'model':
      return modelHint(said, model)
    case 'request':
      return requestHint(said, model)
    default:
      return HINTS[kind] ?? 'Ask again later; the log of the server says more.'
  }
}

const HINTS: Readonly<Partial<Record<FailureKind, string>>> = {
  auth: "Check the key: it is missing or wrong. A server of one's own needs none.",
  quota: 'Check the plan and the billing of the account that the key belongs to.',
  rate: 'Wait, or choose another model.',
  context: 'Send less, or give the model more room with settings = { num_ctx = 16384 }.',
  timeout: 'Ask again; a large model may take minutes to load.',
  cut: 'Ask again.',
  malformed: 'Check that the base URL is that of an Ollama server.',
}

function modelHint(said: string, settings: ModelSettings): string {
  const { provider, model } = settings
  if (/manifest|file does not exist/i.test(said))
    return `Check the name '${model}': the library of Ollama lists what there is.`
  return /\bmodel\b/i.test(said)
    ? `Check the name of the model, or fetch it with: llmspell model pull ${provider}/${model}`
    : `Check the base URL and the name of the model: '${urlOf(settings, '')}' was asked.`
}

function requestHint(said: string, { provider }: ModelSettings): string {
  const [, lacking = ''] = /does not support (\w+)/i.exec(said) ?? []
  const capability = { tools: 'tools', thinking: 'reasoning', images: 'image', vision: 'image' }[
    lacking
  ]
  return capability === undefined
    ? 'Change what the server objects to.'
    : `Choose a model that can: llmspell model list --provider ${provider} --live --capability ${capability}`
}
