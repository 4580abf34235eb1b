// Declarations by tsc -b, then one JavaScript file per package by esbuild.
import './check-node.mjs'
import { bundleAll } from './bundle.mjs'
import { run, toolPath } from './run.mjs'

const { code, output } = await run([toolPath('typescript', 'tsc'), '-b'])
process.stderr.write(output)
if (code !== 0) process.exit(code)
await bundleAll()
