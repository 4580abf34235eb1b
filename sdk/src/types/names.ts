/** The JavaScript name of a described name: `base_url` → `baseUrl`. */
export function camel(name: string): string {
  return name.replaceAll(/(?<=[^_])_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** `as_tool` → `AsTool`, `file-read` → `FileRead`. */
export function pascal(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  return words
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('')
    .replace(/^(?!\D)/, '_')
}

/** The forms in which a script may write the name of a tool after `Tool.`, itself last. */
export function memberNames(name: string, style: 'snake' | 'camel'): readonly string[] {
  const snake = name.replaceAll(/[^A-Za-z0-9]+/g, '_')
  return [...new Set([style === 'camel' ? camel(snake) : snake, name])]
}

export const isIdentifier = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name)

/** The name of a type. */
export const identifier = (name: string): string => (isIdentifier(name) ? name : pascal(name))

/** A name for a parameter: no reserved word, nothing that ends a comment or a list. */
export function parameterName(name: string, reserved: ReadonlySet<string>): string {
  const plain = name.replaceAll(/\W/g, '_').replace(/^(?=\d)/, '_')
  return reserved.has(plain) || plain === '' ? `${plain}_` : plain
}

/** Text in quotes that JavaScript and Lua both read. */
export function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)
  return `'${escaped.replaceAll(/[\r\n]+/g, ' ')}'`
}
