// The script API of what the command line brings, in three forms, all from the same descriptions.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packages, readJson, root } from './packages.mjs'

/** Packages that the command line depends on, in the order of their names. */
function brought() {
  const { dependencies } = readJson(join(root, 'cli', 'package.json'))
  return packages().filter(({ manifest }) => manifest.llmspell && manifest.name in dependencies)
}

function items(point) {
  return brought()
    .flatMap(({ dir, manifest }) =>
      (manifest.llmspell.contributes?.[point] ?? []).map((item) => ({ dir, item })),
    )
    .sort((a, b) => (a.item.name < b.item.name ? -1 : 1))
}

const document = (dir, value) => (typeof value === 'string' ? readJson(join(dir, value)) : value)

function sources() {
  const modules = items('script-modules').filter(({ item }) => !item.hidden)
  return {
    modules: modules.map(({ dir, item }) => document(dir, item.module)),
    tools: items('tools').map(({ dir, item }) => ({ ...item, input: document(dir, item.input) })),
  }
}

/** Path → text. */
export async function scriptApiFiles() {
  const library = pathToFileURL(join(root, 'sdk', 'src', 'types', 'index.ts')).href
  const { apiOf, filesOf, markdownOf } = await import(library)
  const api = apiOf(sources())
  const types = filesOf(api).map(({ name, text }) => [`cli/types/${name}`, text])
  return [['docs/script-api.md', page(markdownOf(api))], ...types]
}

const page = (text) => `# The script API

Everything a script can call, in Lua and in JavaScript. Written by \`npm run generate\` from the descriptions of the
script modules, \`plugins/*/schemas/*.module.json\`, which also make the bindings, the checks and the types for editors.

${text}
`
