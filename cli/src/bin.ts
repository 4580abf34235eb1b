#!/usr/bin/env node
// Bundled as CommonJS and almost empty: it is compiled before the compile cache is on.
import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { keepsCode, loadKept } from './code-cache.ts'
import { cacheFolder } from './places.ts'

declare const __dirname: string
declare const require: (file: string) => unknown

interface Main {
  readonly main: (start: {
    readonly root: string
    readonly argv: readonly string[]
    readonly load: (file: string) => unknown
    readonly keep: () => void
  }) => void
}

const { versions, env, platform } = process
if (Number(versions.node.split('.')[0]) < 24) {
  // A clone has a Node of its own, which npx puts first.
  const clone = existsSync(join(__dirname, '../../node_modules/node/package.json'))
  const cure = clone
    ? 'Type npx llmspell in the clone, which brings Node 24'
    : 'Install it, or put it first in PATH'
  process.stderr.write(
    `error[NODE_TOO_OLD]: llmspell needs Node 24 or newer, found ${versions.node}.\nhint: ${cure}.\n`,
  )
  process.exit(8)
}

const load = (file: string): unknown => require(join(__dirname, file))

const cache = cacheFolder(env, platform)
const wanted = cache && join(cache, 'code')
const folder = wanted && keepsCode(wanted) ? wanted : undefined
if (folder) enableCompileCache(folder)
const { exports, keep } = loadKept(join(__dirname, 'main.cjs'), folder)
const { main } = exports as Main
main({ root: join(__dirname, '..'), argv: process.argv.slice(2), load, keep })
