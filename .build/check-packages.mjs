// publint over every package that is published.
import './check-node.mjs'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packages } from './packages.mjs'

let failed = false
for (const { folder, dir, manifest } of packages()) {
  if (manifest.private) continue
  const { messages } = await publint({ pkgDir: dir, pack: 'npm', strict: true })
  // The package.json of a template is of the plugin that is made of it.
  const own = messages.filter(({ path, args }) => {
    return !JSON.stringify([path, args]).includes('templates/')
  })
  for (const message of own) {
    failed ||= message.type === 'error'
    console.error(`${folder}: ${message.type}: ${formatMessage(message, manifest)}`)
  }
}
if (failed) process.exit(1)
console.error('publint: every public package is ok')
