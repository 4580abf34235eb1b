#!/usr/bin/env node
// CommonJS and almost empty: this file is compiled before the compile cache is on.
type Load = (file: string) => unknown
interface Main {
  readonly main: (root: string, argv: readonly string[], load: Load) => void
}
interface Places {
  readonly cacheFolder: (env: NodeJS.ProcessEnv, platform: string) => string
}
interface NodeModule {
  readonly enableCompileCache: (folder: string) => unknown
}
interface NodePath {
  readonly join: (...parts: string[]) => string
}

const node = process.versions.node
if (Number(node.split('.')[0]) < 24) {
  process.stderr.write(
    `error[NODE_TOO_OLD]: llmspell needs Node 24 or newer, found ${node}.\n` +
      'hint: Install it, or put it first in PATH.\n',
  )
  process.exit(8)
}

const { enableCompileCache } = require('node:module') as NodeModule
const { join } = require('node:path') as NodePath
const { cacheFolder } = require('./places.ts') as Places

const load: Load = (file) => require(join(__dirname, file)) as unknown

enableCompileCache(join(cacheFolder(process.env, process.platform), 'code'))
const { main } = load('main.cjs') as Main
main(join(__dirname, '..'), process.argv.slice(2), load)
