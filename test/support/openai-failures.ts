import type { ProviderFault } from '@llmspell/sdk/testing'
import type { WireReply } from './wire-server.ts'

const fault = (status: number, message: string, code: string, type: string): WireReply => ({
  status,
  error: { message, code, type },
})

/** How OpenAI says what went wrong. Source: https://platform.openai.com/docs/guides/error-codes */
export const OPENAI_FAILURES: Readonly<Partial<Record<ProviderFault, WireReply>>> = {
  auth: fault(401, 'Incorrect API key provided.', 'invalid_api_key', 'invalid_request_error'),
  quota: fault(
    429,
    'You exceeded your current quota, please check your plan and billing details.',
    'insufficient_quota',
    'insufficient_quota',
  ),
  rate_limit: { status: 429, headers: { 'retry-after': '2', 'retry-after-ms': '1500' } },
  context: fault(
    400,
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130012 tokens.",
    'context_length_exceeded',
    'invalid_request_error',
  ),
  safety: fault(
    400,
    'Your request was rejected as a result of our safety system.',
    'content_policy_violation',
    'invalid_request_error',
  ),
  request: fault(
    400,
    "Invalid type for 'temperature': expected a number.",
    'invalid_type',
    'invalid_request_error',
  ),
  model: fault(
    404,
    'The model `gpt-9` does not exist or you do not have access to it.',
    'model_not_found',
    'invalid_request_error',
  ),
}
