import type { FailureKind } from '@llmspell/sdk'

/** One sign of what went wrong. All that is given must fit; the first row that does decides. */
export interface Sign {
  readonly kind: FailureKind
  readonly status?: readonly number[]
  /** The provider's own code, type or status, lower case. */
  readonly code?: RegExp
  /** The provider's message. */
  readonly text?: RegExp
  /** Where it differs from what is usual for the kind. */
  readonly retryable?: boolean
}

/**
 * How OpenAI, Anthropic, Google, Ollama, vLLM, llama.cpp, LM Studio and the routers say what went wrong, most telling
 * first. Codes before messages, messages before bare numbers.
 * Sources: https://platform.openai.com/docs/guides/error-codes, https://docs.anthropic.com/en/api/errors,
 * https://ai.google.dev/gemini-api/docs/troubleshooting, https://github.com/ollama/ollama/blob/main/docs/api.md
 */
export const SIGNS: readonly Sign[] = [
  { kind: 'quota', code: /insufficient_quota|billing|insufficient_(?:funds|balance|credits?)/ },
  { kind: 'quota', code: /requestsperday|tokensperday/ },
  { kind: 'context', code: /context_length|context_size|request_too_large|max_tokens_exceeded/ },
  {
    kind: 'safety',
    code: /content_(?:filter|policy|management)|responsible_?ai|invalid_prompt|safety|moderation/,
  },
  {
    kind: 'model',
    code: /model_?not_?found|deploymentnotfound|invalid_model|model_(?:decommissioned|not_available)|unknown_model/,
  },
  { kind: 'malformed', code: /tool_use_failed/, retryable: true },
  {
    kind: 'auth',
    code: /invalid_api_key|api_key_invalid|authentication|unauthenticated|permission|account_(?:deactivated|disabled)|unsupported_country/,
  },

  {
    kind: 'auth',
    text: /api[ _]key (?:not valid|not found|expired|is invalid)|(?:invalid|incorrect) api[ _]key/i,
  },
  {
    kind: 'quota',
    text: /credit balance is too low|insufficient (?:balance|credits|funds|quota)|exceeded your current quota.*per ?day/is,
  },
  { kind: 'quota', status: [402] },
  {
    kind: 'context',
    text: /prompt is too long|prompt too long|maximum context length|context (?:length|window|size|limit)s?.{0,40}exceed|exceeds?.{0,60}context|input (?:token count|length).{0,60}exceed|greater than the context length|reduce the length of|too many (?:input )?tokens/is,
  },
  {
    kind: 'safety',
    text: /content (?:filter|policy|management policy)|content filtering|requires moderation|flagged (?:as|by|for)|blocked (?:by|for|due to).{0,40}(?:safety|policy|content)|PROHIBITED_CONTENT/i,
  },
  {
    kind: 'model',
    status: [400, 403, 404, 422],
    text: /models?\b.{0,120}(?:not found|does not exist|not exist|not supported for|is not available|decommissioned)|(?:no such|unknown|invalid|unsupported) model|not a valid model/is,
  },
  { kind: 'server', text: /requires more system memory/i, retryable: false },

  { kind: 'timeout', code: /^(?:timeout_error|deadline_exceeded|request_timeout)$/ },
  { kind: 'rate', code: /rate_?limit|too_many_requests|resource_exhausted|throttl/ },
  { kind: 'server', code: /overloaded|server_error|api_error|^internal|unavailable/ },

  { kind: 'auth', status: [401, 403] },
  { kind: 'model', status: [404] },
  { kind: 'timeout', status: [408] },
  { kind: 'context', status: [413] },
  { kind: 'rate', status: [429] },
  // What clashes with another request may be tried again, as what the server got wrong.
  { kind: 'server', status: [409] },
]

/** Kinds that may be gone the next time. */
export const PASSING: ReadonlySet<FailureKind> = new Set([
  'rate',
  'network',
  'timeout',
  'server',
  'cut',
])

/** One thing to do about each kind. */
export const HINTS: Readonly<Record<FailureKind, string>> = {
  auth: "Check the key: it is missing, wrong, or may not use '{model}'.",
  quota: 'Check the plan and the billing of the account that the key belongs to.',
  rate: 'Wait, or choose another model.',
  context: 'Send less, or choose a model that takes more tokens.',
  safety: 'Change what is asked; the provider holds it back.',
  request: 'Change what the server objects to.',
  model: "Check the name of the model '{model}' and the base URL.",
  network: "Check that the server at '{url}' runs.",
  timeout: 'Ask again later, or choose a faster model.',
  server: 'Ask again later.',
  cut: 'Ask again.',
  malformed: "Check the base URL '{url}' and which protocol is spoken there.",
}
