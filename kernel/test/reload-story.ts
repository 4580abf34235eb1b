// Runs in a process of its own, where imports are Node's. Argument: a folder to write plugins into.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createKernel } from '../src/index.ts'
import { withKernel } from '../src/testing.ts'

const folder = process.argv[2] as string
const root = join(folder, 'draft')
mkdirSync(join(root, 'node_modules/dep'), { recursive: true })

const write = (file: string, text: string): void => writeFileSync(join(root, file), text)
const manifest = (text: string): string =>
  JSON.stringify({
    name: 'draft',
    version: '1.0.0',
    type: 'module',
    engines: { llmspell: '^0.2.0' },
    exports: { '.': { '@llmspell/source': './entry.ts', default: './dist.js' } },
    llmspell: {
      manifest: 1,
      id: 'draft',
      main: './dist.js',
      phase: 'core',
      contributes: { points: { things: {} }, things: [{ name: 'x', text }] },
    },
  })

write('package.json', manifest('first'))
write('node_modules/dep/package.json', '{"name":"dep","version":"1.0.0","main":"index.js"}')
write(
  'node_modules/dep/index.js',
  'module.exports = (globalThis.deps = (globalThis.deps ?? 0) + 1)',
)
write('common.cjs', "module.exports = require('./data.json').n + require('dep')")
write('data.json', '{"n":0}')
write('deep.ts', 'export const deep: number = 0')
write('late.ts', 'export const late: number = 0')
write(
  'entry.ts',
  `import common from './common.cjs'
import { deep } from './deep.ts'
const setup = (ctx: any): void =>
  ctx.contribute('things', 'x', async () => [common, deep, (await import('./late.ts')).late])
export default { $llmspell: 'plugin/2', setup }`,
)

await withKernel(
  [],
  async (kernel) => {
    const shown = async (): Promise<unknown> =>
      ((await kernel.extensions.get('things' as never, 'x')) as () => unknown)()
    const rows: unknown[] = [await shown()]
    for (let n = 1; n <= 50; n++) {
      write('data.json', `{"n":${n}}`)
      write('deep.ts', `export const deep: number = ${n}`)
      write('late.ts', `export const late: number = ${n}`)
      await kernel.reload('draft')
      if (n === 1 || n === 50) rows.push(await shown())
    }
    write('deep.ts', 'export const deep: number = ')
    const failed = await kernel.reload('draft').catch((error: Error) => error.message)
    rows.push(failed, await shown())
    write('deep.ts', 'export const deep: number = 51')
    write('package.json', manifest('second'))
    await kernel.reload('draft')
    rows.push(await shown(), kernel.extensions.list('things')[0]?.item['text'])
    // Another kernel of this process begins with what is there by now.
    await using other = createKernel({ linked: [root] })
    await other.start()
    rows.push(await ((await other.extensions.get('things' as never, 'x')) as () => unknown)())
    process.stdout.write(JSON.stringify(rows))
  },
  { linked: [root] },
)
