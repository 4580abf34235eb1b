#!/usr/bin/env node
// Bundled as CommonJS and almost empty: it is compiled before the compile cache is on.
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { cacheFolder } from './places.ts'

declare const __dirname: string
declare const require: (file: string) => unknown

interface Main {
  readonly main: (root: string, argv: readonly string[], load: (file: string) => unknown) => void
}

const { versions, env, platform } = process
if (Number(versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `error[NODE_TOO_OLD]: llmspell needs Node 24 or newer, found ${versions.node}.\n` +
      'hint: Install it, or put it first in PATH.\n',
  )
  process.exit(8)
}

const load = (file: string): unknown => require(join(__dirname, file))

enableCompileCache(join(cacheFolder(env, platform), 'code'))
const { main } = load('main.cjs') as Main
main(join(__dirname, '..'), process.argv.slice(2), load)
