/** A server that speaks chat completions, and where it differs from OpenAI's. */
export interface Preset {
  readonly name: string
  /** Empty where each has an address of its own. */
  readonly baseUrl: string
  /** Header that carries the key as it is; default `authorization`, with `Bearer`. */
  readonly keyHeader?: string
  /** What it takes for the shape of an answer: a schema (default), or only that it be JSON. */
  readonly structured?: 'schema' | 'object'
  /** Names that its fields have, where they are others; `null`: it refuses the field. */
  readonly fields?: Readonly<Record<string, string | null>>
  /** It wants its own reasoning back with the calls that came of it. */
  readonly thoughtsBack?: boolean
}

/** Any server, with nothing known about it. */
export const ANY: Preset = { name: 'openai-compatible', baseUrl: '' }

/** Source: the page of each about its chat completions. */
export const PRESETS: readonly Preset[] = [
  ANY,
  { name: 'lmstudio', baseUrl: 'http://127.0.0.1:1234/v1' },
  { name: 'vllm', baseUrl: 'http://127.0.0.1:8000/v1' },
  { name: 'llamacpp', baseUrl: 'http://127.0.0.1:8080/v1' },
  { name: 'groq', baseUrl: 'https://api.groq.com/openai/v1' },
  { name: 'openrouter', baseUrl: 'https://openrouter.ai/api/v1' },
  { name: 'together', baseUrl: 'https://api.together.xyz/v1' },
  {
    name: 'deepseek',
    baseUrl: 'https://api.deepseek.com/v1',
    structured: 'object',
    thoughtsBack: true,
  },
  {
    name: 'mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    fields: { seed: 'random_seed', stream_options: null },
  },
  { name: 'xai', baseUrl: 'https://api.x.ai/v1' },
  {
    name: 'azure',
    baseUrl: '',
    keyHeader: 'api-key',
    fields: { max_tokens: 'max_completion_tokens' },
  },
]
