import type { Access } from './permission.ts'

/** Limits of one request. Times in ms, sizes in bytes. Defaults: the plugin's config. */
export interface HttpLimits {
  /** Until connected, TLS included. */
  readonly connectMs?: number
  /** From sent until the headers are there. */
  readonly headersMs?: number
  /** Between two pieces of the body. */
  readonly idleMs?: number
  /** All of it, redirects, retries and reading the body included. */
  readonly totalMs?: number
  /** Of the decoded body. */
  readonly maxBytes?: number
}

export interface HttpRequest {
  readonly url: string | URL
  /** Default GET. */
  readonly method?: string
  /** Framing and routing headers (`Host`, `Content-Length`, `Connection`, …) are refused. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** At most 5 hops, each checked again. Default `follow`. */
  readonly redirect?: 'follow' | 'manual' | 'error'
  /**
   * More tries after a lost connection, 429, 502, 503 and 504, with growing pauses; `Retry-After` is kept to.
   * Of methods that may be repeated only. Default 0.
   */
  readonly retries?: number
  readonly limits?: HttpLimits
}

export interface HttpResponse extends AsyncDisposable {
  readonly status: number
  readonly statusText: string
  /** Where the answer came from in the end. */
  readonly url: string
  /** Names in lower case; values of the same name joined by a comma, those of `set-cookie` by a newline. */
  readonly headers: Readonly<Record<string, string>>
  /** Addresses passed on the way. */
  readonly redirects: readonly string[]
  /** Decoded (gzip, deflate, brotli, zstd), once. @throws HTTP_TOO_LARGE, HTTP_TIMEOUT, HTTP_FAILED, HTTP_CODING */
  readonly body: AsyncIterable<Uint8Array>
  /** The whole body. */
  bytes(): Promise<Uint8Array>
  /** The whole body as text: by byte order mark, `charset` of the header, else UTF-8. @throws HTTP_CHARSET */
  text(): Promise<string>
  close(): Promise<void>
}

/** Service `http`: the one way to the network for plugins. It decides on the address that is really used. */
export interface Http {
  /**
   * Needs `net` for the origin, and `net-private` too where the address is no public one.
   * @throws HTTP_URL, HTTP_HEADER, PERMISSION_DENIED, HTTP_FAILED, HTTP_TIMEOUT, HTTP_REDIRECT, CANCELLED
   */
  request(request: HttpRequest, access: Access): Promise<HttpResponse>
  /** The same as `fetch`, for libraries that take one. Redirects are never followed. */
  fetch(access: Access, limits?: HttpLimits): typeof globalThis.fetch
}

declare module '../services.ts' {
  interface Services {
    http: Http
  }
}
