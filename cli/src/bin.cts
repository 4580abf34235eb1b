#!/usr/bin/env node
// CommonJS and almost empty: this file is compiled before the compile cache is on.
type Load = (file: string) => unknown
interface Main {
  main(root: string, argv: readonly string[], load: Load): void
}
interface Places {
  cacheFolder(env: NodeJS.ProcessEnv, platform: string): string
}

const { enableCompileCache } = require('node:module') as {
  enableCompileCache(folder: string): unknown
}
const { join } = require('node:path') as { join(...parts: string[]): string }
const { cacheFolder } = require('./places.ts') as Places

const load: Load = (file) => require(join(__dirname, file)) as unknown

enableCompileCache(join(cacheFolder(process.env, process.platform), 'code'))
const { main } = load('main.cjs') as Main
main(join(__dirname, '..'), process.argv.slice(2), load)
