// Starts a tool of node_modules under the Node that runs this script; no shell, so it works on Windows too.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root, readJson } from './packages.mjs'

const require = createRequire(import.meta.url)

export function toolPath(name, bin = name) {
  const file = join(root, 'node_modules', name, 'package.json')
  const entry = readJson(file).bin
  return join(dirname(require.resolve(file)), typeof entry === 'string' ? entry : entry[bin])
}

/** Resolves to { code, output }; with inherit the output goes straight to the terminal. */
export function run(args, { inherit = false, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = inherit ? 'inherit' : ['ignore', 'pipe', 'pipe']
    const child = spawn(process.execPath, args, { cwd: root, env, stdio })
    let output = ''
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
