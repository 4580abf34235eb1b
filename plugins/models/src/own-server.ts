/** True for the origin of a server on this machine, whatever a name server says. */
export function isLoopback(origin: string): boolean {
  const host = URL.parse(origin)?.hostname ?? ''
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host)
}

/**
 * An address of the environment as a URL. Servers of one's own are told where to listen by host and port, in any part:
 * `0.0.0.0`, `:8080`, `box.local`. What is missing comes from the provider's own origin where that is on this machine;
 * to listen everywhere means to be asked here.
 */
export function completed(text: string, own: string | undefined): string {
  if (own === undefined || !isLoopback(own)) return text
  const { protocol, hostname, port } = new URL(own)
  const isUrl = text.includes('://')
  const host = isUrl ? '' : hostOf(text, hostname)
  const url = URL.parse(isUrl ? text : `${protocol}//${host}`)
  if (!url) return text
  if (!isUrl && !/^[^/]*:\d+(?:\/|$)/.test(host)) url.port = port
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = hostname
  return url.href.replace(/\/$/, '')
}

/** IPv6 may come without its brackets. */
function hostOf(text: string, fallback: string): string {
  if (text.startsWith(':') && !text.startsWith('::')) return fallback + text
  const bare = !text.includes('[') && text.split(':').length > 2
  return bare ? `[${text}]` : text
}
