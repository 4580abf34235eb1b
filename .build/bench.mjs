// Runs the benchmarks test/bench/*.bench.ts one after another, each in a process of its own.
// npm run bench -- startup runs those whose name contains "startup".
import './check-node.mjs'
import fs from 'node:fs'
import { root } from './packages.mjs'
import { run } from './run.mjs'

const wanted = process.argv[2] ?? ''
const files = fs
  .globSync('test/bench/*.bench.ts', { cwd: root })
  .sort()
  .filter((file) => file.includes(wanted))

if (files.length === 0) console.error('bench: there is no such benchmark in test/bench')
for (const file of files) {
  const { code } = await run([file], { inherit: true })
  if (code !== 0) process.exitCode = code
}
