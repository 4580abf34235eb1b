// Makes a fresh clone ready: installs if needed, then builds. It runs before node_modules exists,
// under whatever Node the system has (20 or newer), so it uses nothing but Node itself.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const lockFile = join(root, 'package-lock.json')
const installedFile = join(root, 'node_modules', '.package-lock.json')
const stampFile = join(root, 'node_modules', '.llmspell-setup')
const lockText = readFileSync(lockFile, 'utf8')
const lockHash = createHash('sha256').update(lockText).digest('hex')

const say = (text) => process.stderr.write(`setup: ${text}\n`)

function npm(...args) {
  const cli = process.env.npm_execpath
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }
  const result =
    cli && existsSync(cli)
      ? spawnSync(process.execPath, [cli, ...args], options)
      : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`
  return { ok: result.status === 0, output }
}

function fail(what, output) {
  say(`${what} failed. The last lines of its output:`)
  process.stderr.write(output.trimEnd().split('\n').slice(-60).join('\n') + '\n')
  process.exit(1)
}

/** True when node_modules holds what the lock file says, whoever installed it. */
function installed() {
  if (!existsSync(installedFile)) return false
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockHash) return true
  const wanted = JSON.parse(lockText).packages
  const present = JSON.parse(readFileSync(installedFile, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true
    const found = present[path]
    if (!found) return entry.optional === true
    if (entry.link) return found.link === true && found.resolved === entry.resolved
    return found.version === entry.version
  })
}

if (!installed()) {
  const started = Date.now()
  say('installing the dependencies (npm ci), this can take a minute …')
  const result = npm('ci', '--no-audit', '--no-fund')
  if (!result.ok) fail('npm ci', result.output)
  say(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== lockHash) {
  writeFileSync(stampFile, lockHash)
}

// A process of its own through npm run, because that one gets the pinned Node.
const build = npm('run', '-s', 'build')
if (!build.ok) fail('npm run build', build.output)
