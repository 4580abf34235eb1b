import type { ScriptFunction, ScriptModule } from '@llmspell/sdk'

/** Names of the keys that a function's schemas mark `x-secret`: what stands there is never recorded. */
export function secretNames(
  module: ScriptModule,
  { params, result }: ScriptFunction,
): ReadonlySet<string> {
  const names = new Set<string>()
  const seen = new Set<unknown>()
  const walk = (schema: unknown, name: string | undefined): void => {
    if (typeof schema !== 'object' || schema === null) return
    const { properties = {}, $ref, 'x-secret': secret, ...rest } = schema as Keywords
    if (name !== undefined && secret === true) names.add(name)
    if (seen.has(schema)) return
    seen.add(schema)
    for (const [key, inner] of Object.entries(properties)) walk(inner, key)
    if ($ref?.startsWith('#/$defs/')) walk(module.$defs?.[$ref.slice('#/$defs/'.length)], name)
    for (const inner of Object.values(rest)) walk(inner, name)
  }
  for (const param of params) walk(param.schema, param.name)
  walk(result, undefined)
  return names
}

interface Keywords {
  readonly properties?: object
  readonly $ref?: string
  readonly 'x-secret'?: boolean
  readonly [keyword: string]: unknown
}
