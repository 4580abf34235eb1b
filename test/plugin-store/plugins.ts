import type { Release } from './registry.ts'

/** Parts of a made-up plugin. */
export interface Parts {
  readonly version?: string
  readonly tools?: readonly string[]
  readonly permissions?: Readonly<Record<string, readonly string[]>>
  readonly more?: object
  readonly manifest?: object
}

/** The package.json of a plugin with tools. */
export function plugin(id: string, parts: Parts = {}): Release {
  const { version = '1.0.0', tools = [id], permissions = {}, more = {}, manifest = {} } = parts
  const items = tools.map((name) => {
    return { name, description: 'Says its name.', category: 'text', effect: 'pure', input: {} }
  })
  return {
    name: `llmspell-plugin-${id}`,
    version,
    description: `The plugin ${id}.`,
    keywords: ['llmspell-plugin'],
    type: 'module',
    engines: { llmspell: '^0.2.0' },
    ...more,
    llmspell: {
      manifest: 1,
      id,
      main: './index.js',
      phase: 'core',
      permissions,
      contributes: { tools: items },
      ...manifest,
    },
  }
}

/** Code of such a plugin: each tool says its name and the version. */
export function code(version = '1.0.0', tools: readonly string[] = ['weather']): string {
  const calls = tools.map((name) => {
    return `ctx.contribute('tools', '${name}', { execute: () => ({ result: { said: '${name} ${version}' } }) })`
  })
  return `export default { $llmspell: 'plugin/2', setup(ctx) { ${calls.join('\n')} } }\n`
}
