import type { SharedV4ProviderMetadata, SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { Value } from '@llmspell/sdk'

/** What a provider wants back with a part, such as a signature, where it says something. */
export function metaOf(given: SharedV4ProviderMetadata | undefined): { readonly meta?: Value } {
  const kept = Object.entries(given ?? {}).flatMap(([name, fields]) => {
    const said = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)
    return said.length === 0 ? [] : [[name, Object.fromEntries(said)] as const]
  })
  return kept.length === 0 ? {} : { meta: Object.fromEntries(kept) as Value }
}

/** Both, the second winning, field by field. */
export function joinedMeta(
  first: SharedV4ProviderMetadata | undefined,
  second: SharedV4ProviderMetadata | undefined,
): SharedV4ProviderMetadata {
  const names = new Set([...Object.keys(first ?? {}), ...Object.keys(second ?? {})])
  return Object.fromEntries(
    [...names].map((name) => [name, { ...first?.[name], ...said(second?.[name]) }]),
  )
}

function said(fields: SharedV4ProviderMetadata[string] = {}): SharedV4ProviderMetadata[string] {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

/** What of it is for the provider with this name: another's signatures mean nothing to it. */
export function sentMeta(
  meta: Value | undefined,
  name: string,
): { readonly providerOptions?: SharedV4ProviderOptions } {
  const own = isObject(meta) ? meta[name] : undefined
  return isObject(own)
    ? { providerOptions: { [name]: own } as unknown as SharedV4ProviderOptions }
    : {}
}

function isObject(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
