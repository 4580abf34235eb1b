import type { Schema } from '@llmspell/sdk'
import type { Preset } from './presets.ts'
import type { CompatibleSettings } from './settings.ts'

type Fields = Record<string, unknown>

/** The body of a request as this server takes it. */
export function bodyFor(
  body: Fields,
  { fields = {} }: Preset,
  { structured }: CompatibleSettings,
  schema: Schema | undefined,
): Fields {
  const named = Object.entries(body).flatMap(([key, value]) => {
    const name = fields[key] === undefined ? key : fields[key]
    return name === null || value === undefined ? [] : [[name, value] as const]
  })
  const asked = Object.fromEntries(named)
  if (schema === undefined || structured === 'schema') return asked
  return { ...asked, messages: [inWords(schema), ...(asked['messages'] as unknown[])] }
}

/** Where a server takes no schema, the model is told of it. */
function inWords(schema: Schema): object {
  const content = `Answer with one JSON object and nothing else. It must fit this JSON Schema:\n${JSON.stringify(schema)}`
  return { role: 'system', content }
}

/** The SDK says that the schema is left out; here it is said in words. */
export function withoutSchemaWarning(warnings: { readonly type: string }[] = []): void {
  const at = warnings.findIndex((row) => 'feature' in row && row.feature === 'responseFormat')
  if (at >= 0) warnings.splice(at, 1)
}
