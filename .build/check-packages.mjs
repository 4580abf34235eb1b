// publint over every package that is published.
import './check-node.mjs'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packages } from './packages.mjs'

let failed = false
for (const { folder, dir, manifest } of packages()) {
  if (manifest.private) continue
  const { messages } = await publint({ pkgDir: dir, pack: 'npm', strict: true })
  for (const message of messages) {
    failed ||= message.type === 'error'
    console.error(`${folder}: ${message.type}: ${formatMessage(message, manifest)}`)
  }
}
if (failed) process.exit(1)
console.error('publint: every public package is ok')
