import { expect } from 'vitest'
import type { test } from 'vitest'
import type {
  FailureKind,
  ModelCallOptions,
  ModelChunk,
  ModelRequest,
  ModelSettings,
} from '../contracts/provider.ts'
import { DRIP, failureOf, options, request, textOf } from './provider-kit.ts'
import type { ProviderFault, ProviderUnderTest, ProviderWay } from './provider-kit.ts'

type Can = (...wanted: ProviderWay[]) => ReturnType<typeof test.runIf>
type Ask = (
  model: ModelSettings,
  asked?: ModelRequest,
  given?: ModelCallOptions,
) => Promise<readonly ModelChunk[]>

interface Row {
  readonly kind: FailureKind
  readonly retryable: boolean
  readonly hint: RegExp
  readonly retry_after_ms?: number
}

const ROWS: Readonly<Partial<Record<ProviderFault, Row>>> = {
  auth: { kind: 'auth', retryable: false, hint: /key/ },
  quota: { kind: 'quota', retryable: false, hint: /billing/ },
  rate_limit: { kind: 'rate', retryable: true, hint: /[Ww]ait/, retry_after_ms: 1500 },
  rate_limit_seconds: { kind: 'rate', retryable: true, hint: /[Ww]ait/, retry_after_ms: 2000 },
  rate_limit_date: { kind: 'rate', retryable: true, hint: /[Ww]ait/ },
  context: { kind: 'context', retryable: false, hint: /less/ },
  safety: { kind: 'safety', retryable: false, hint: /./ },
  request: { kind: 'request', retryable: false, hint: /./ },
  model: { kind: 'model', retryable: false, hint: /name of the model/ },
  server_error: { kind: 'server', retryable: true, hint: /again/ },
  refused: { kind: 'network', retryable: true, hint: /runs/ },
  garbage: { kind: 'malformed', retryable: false, hint: /base URL/ },
  page: { kind: 'malformed', retryable: false, hint: /base URL/ },
}

const STATUS: Readonly<Partial<Record<ProviderFault, number>>> = {
  auth: 401,
  rate_limit: 429,
  server_error: 500,
}

/** What a provider says of each way in which its server can fail. */
export function failureTests(can: Can, it: () => ProviderUnderTest, ask: Ask): void {
  for (const [fault, { hint, ...details }] of Object.entries(ROWS)) {
    const fail = fault as ProviderFault
    can(fail)(`says what '${fail}' is, and whether it may pass`, async () => {
      const error = await failureOf(ask(it().behave({ fail })))
      expect(error.code).toBe('PROVIDER_FAILED')
      const status = STATUS[fail]
      const whole = { ...details, ...(status === undefined ? {} : { status }) }
      expect(error.details).toMatchObject({ provider: expect.any(String), ...whole })
      expect(error.hint).toMatch(hint)
    })
  }

  can('rate_limit_date')('waits until the hour that its server names', async () => {
    const error = await failureOf(ask(it().behave({ fail: 'rate_limit_date' })))
    const { retry_after_ms: ms } = error.details as { readonly retry_after_ms: number }
    expect(ms).toBeGreaterThan(5000)
    expect(ms).toBeLessThanOrEqual(10_000)
  })

  can('drip')('takes an answer that comes byte by byte', async () => {
    expect(textOf(await ask(it().behave({ fail: 'drip' })))).toBe(DRIP)
  })

  can('drip')('does not wait for the rest of it when it is aborted', async () => {
    const controller = new AbortController()
    const work = ask(it().behave({ fail: 'drip' }), request, options(controller.signal))
    setTimeout(() => controller.abort(), 20)
    expect((await failureOf(work)).code).toBe('CANCELLED')
  })
}
