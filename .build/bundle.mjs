// Bundles each package's src/index.ts, and the entries it names, into dist/ as ESM (CommonJS for *.cts).
//
// package.json may say:
//   "llmspellBuild": {
//     "inline": ["awilix"],                         dependencies to copy into the bundle
//     "alias": { "awilix": "awilix/browser" },      a lighter module in place of another; of one of
//                                                    Node's too, by the name that the importer writes
//     "entries": ["src/bin.ts", "src/worker.cts"]   further files of dist/
//     "splitting": false                            each entry whole: fewer files to load, code twice
//   }
// An entry may also be written { "path": "src/x.ts", "format": "cjs", "kept": true }: a kept file is loaded from
// compiled code, where import() fails, and so gets an __import from its loader. Everything else that is
// imported by name stays an import, except the SDK, which has no state, and ajv's run-time helpers,
// which the generated validators import.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { packages, root } from './packages.mjs'

const ALWAYS_INLINE = ['@llmspell/sdk', 'ajv/dist/runtime']
// Inlined CommonJS modules ask for Node's own modules by require, which ESM lacks.
const REQUIRE_BANNER =
  "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);"

function within(id, names) {
  return names.some((name) => id === name || id.startsWith(`${name}/`))
}

/**
 * Keeps imports by name as imports, except those to inline and what those import in turn. In ESM, Node's own modules are
 * asked for directly: an import makes a facade that touches every getter, and `node:fs` alone costs 3 MB so.
 */
function external(inline, alias, format) {
  const builtin = (path) =>
    format === 'esm' ? { path, namespace: 'builtin' } : { path, external: true }
  return {
    name: 'external',
    setup(context) {
      context.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
        contents: builtinModule(path),
      }))
      context.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
        if (kind === 'entry-point' || /^[A-Za-z]:[\\/]/.test(path)) return undefined
        if (Object.hasOwn(alias, path)) return undefined
        if (path.startsWith('node:')) return builtin(path)
        if (builtinModules.includes(path)) return builtin(`node:${path}`)
        const copied = importer.includes('node_modules') || within(path, inline)
        return copied ? undefined : { path, external: true }
      })
    },
  }
}

/** One of Node's modules as ESM: what nobody imports is never touched. */
function builtinModule(path) {
  const plain = Object.getOwnPropertyNames(process.getBuiltinModule(path))
    .filter((name) => /^[A-Za-z_]\w*$/.test(name) && name !== 'default')
    .map((name) => `export const ${name} = /* @__PURE__ */ of('${name}')`)
  return `const module = process.getBuiltinModule('${path}')
const of = (name) => module[name]
export default module
${plain.join('\n')}`
}

function newest(path) {
  if (!existsSync(path)) return 0
  const info = statSync(path)
  if (!info.isDirectory()) return info.mtimeMs
  const inner = readdirSync(path).filter((name) => !name.includes('.test.'))
  return Math.max(info.mtimeMs, ...inner.map((name) => newest(join(path, name))))
}

function entriesOf({ dir, manifest }) {
  const listed = ['src/index.ts', ...(manifest.llmspellBuild?.entries ?? [])].map((entry) =>
    typeof entry === 'string' ? { path: entry } : entry,
  )
  const unique = new Map(listed.map((entry) => [entry.path, entry]))
  return [...unique.values()].map(
    ({ path, kept = false, format = path.endsWith('.cts') ? 'cjs' : 'esm' }) => {
      const extension = format === 'cjs' ? '.cjs' : '.js'
      const output = join(dir, path.replace(/^src/, 'dist').replace(/\.[cm]?ts$/, extension))
      return { input: join(dir, path), output, format, kept }
    },
  )
}

function shared() {
  return Math.max(
    newest(fileURLToPath(import.meta.url)),
    newest(join(root, 'sdk', 'src')),
    newest(join(root, 'node_modules', '.llmspell-setup')),
  )
}

async function bundlePart(pack, entries, format, inline) {
  const alias = pack.manifest.llmspellBuild?.alias ?? {}
  const result = await build({
    absWorkingDir: pack.dir,
    entryPoints: entries.map((entry) => relative(pack.dir, entry.input).replaceAll('\\', '/')),
    outbase: 'src',
    outdir: 'dist',
    outExtension: { '.js': format === 'cjs' ? '.cjs' : '.js' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting:
      format === 'esm' && entries.length > 1 && pack.manifest.llmspellBuild?.splitting !== false,
    format,
    platform: 'node',
    target: 'node24',
    conditions: ['@llmspell/source'],
    alias,
    sourcemap: 'linked',
    minifySyntax: true,
    legalComments: 'eof',
    logLevel: 'warning',
    write: false,
    metafile: true,
    plugins: [external(inline, alias, format)],
  })
  const kept = new Set(entries.filter((entry) => entry.kept).map((entry) => entry.output))
  return result.outputFiles.map(({ path, text }) => {
    const whole = kept.has(path)
      ? ascii(text).replaceAll(/\bawait import\(/g, 'await __import(')
      : text
    return { path, text: marked(path, withRequire(path, whole)) }
  })
}

/** With one wider letter all of the source takes two bytes a letter, and a start 2 ms more. esbuild leaves patterns as they are. */
function ascii(text) {
  return text.replaceAll(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The command line keeps compiled code by content; the file says what its content is. */
function marked(path, text) {
  if (!path.endsWith('.cjs')) return text
  return `${text}//# content ${createHash('sha256').update(text).digest('hex').slice(0, 16)}\n`
}

/** A file that calls esbuild's stand-in for require gets a real one. */
function withRequire(path, text) {
  if (!path.endsWith('.js') || !text.includes('var __require')) return text
  const shebang = text.startsWith('#!') ? text.slice(0, text.indexOf('\n') + 1) : ''
  // On the first line of code, so that the source map stays right.
  return `${shebang}${REQUIRE_BANNER} ${text.slice(shebang.length)}`
}

/** Takes away what earlier builds left: it would be published. */
function removeOld(dir, keep) {
  const dist = join(dir, 'dist')
  if (!existsSync(dist)) return
  for (const file of readdirSync(dist, { recursive: true })) {
    const isOld = /\.c?js(\.map)?$/.test(file) ? !keep.has(join(dist, file)) : isOrphan(dir, file)
    if (isOld) rmSync(join(dist, file))
  }
}

/** A declaration whose source is gone. */
function isOrphan(dir, file) {
  const [, name, kind] = /^(.*)\.d\.(c?ts)(?:\.map)?$/.exec(file) ?? []
  if (name === undefined) return false
  const sources = [`${name}.${kind}`, `${name}.d.${kind}`].map((path) => join(dir, 'src', path))
  return !sources.some((path) => existsSync(path))
}

/** The declarations of generated validators are written, not emitted; tsc leaves such files behind. */
function copyDeclarations(dir) {
  const from = join(dir, 'src', 'generated')
  if (!existsSync(from)) return
  const to = join(dir, 'dist', 'generated')
  mkdirSync(to, { recursive: true })
  for (const file of readdirSync(from).filter((name) => name.endsWith('.d.ts'))) {
    copyFileSync(join(from, file), join(to, file))
  }
}

async function bundle(pack) {
  const started = new Date()
  const inline = [...ALWAYS_INLINE, ...(pack.manifest.llmspellBuild?.inline ?? [])]
  const entries = entriesOf(pack)
  const parts = Map.groupBy(entries, (entry) => entry.format)
  const files = []
  for (const [format, part] of parts) files.push(...(await bundlePart(pack, part, format, inline)))
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  copyDeclarations(pack.dir)
  removeOld(pack.dir, new Set(files.map((file) => file.path)))
  // The time of the start: a source saved while this ran makes the next build do it again.
  for (const { output } of entries) utimesSync(output, started, started)
}

/** Sources of the packages of this repository that a bundle copies. */
function inlined({ manifest }) {
  const names = manifest.llmspellBuild?.inline ?? []
  return packages().filter((pack) => names.includes(pack.manifest.name))
}

function isFresh(pack, sharedTime) {
  const inputs = Math.max(
    sharedTime,
    ...inlined(pack).map(({ dir }) => newest(join(dir, 'src'))),
    newest(join(pack.dir, 'src')),
    newest(join(pack.dir, 'schemas')),
    newest(join(pack.dir, 'package.json')),
  )
  return entriesOf(pack).every(({ output }) => existsSync(output) && newest(output) > inputs)
}

export async function bundleAll() {
  const sharedTime = shared()
  const stale = packages().filter(
    (pack) => existsSync(join(pack.dir, 'src', 'index.ts')) && !isFresh(pack, sharedTime),
  )
  await Promise.all(stale.map(bundle))
  return stale.length
}
