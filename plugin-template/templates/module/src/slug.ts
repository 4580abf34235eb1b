import type { ScriptCall } from '@llmspell/sdk'

/** The arguments were checked against schemas/module.json. */
export function slug({ args: [title, separator = '-'] }: ScriptCall<[string, string?]>): string {
  const words = title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g)
  return (words ?? []).join(separator)
}
