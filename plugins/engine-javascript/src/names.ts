/** The JavaScript name of a described name: `base_url` → `baseUrl`. */
export function camel(name: string): string {
  return name.replaceAll(/(?<=[^_])_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
