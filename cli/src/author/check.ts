import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { EXIT_CODES } from '../exit.ts'
import { plain } from '../print/escape.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { wrap } from '../print/table.ts'
import type { Stage } from '../stage.ts'
import { manifestFindings } from './check-manifest.ts'
import { packageFindings } from './check-package.ts'
import { packed, packFindings, type Packed } from './check-pack.ts'
import { rightFindings } from './check-rights.ts'
import type { Finding } from './finding.ts'
import { readPackage } from './manifest.ts'

/** Looks at a plugin as whoever installs it will. @returns the exit code: 1 where something is wrong */
export async function checkPlugin(stage: Stage): Promise<number> {
  const folder = resolve(stage.parsed.args[0] ?? '.')
  const json = readPackage(folder)
  const kernel = await stage.examine(await stage.config())
  const pack = await packed(folder)
  const findings = [
    ...(await manifestFindings(folder, json, await kernel.use('plugins'))),
    ...packageFindings(folder, json),
    ...packFindings(json, pack),
    ...rightFindings(folder, json, pack),
    ...(await publintFindings(folder, pack)),
  ]
  const errors = findings.filter(({ level }) => level === 'error').length
  const ok = errors === 0
  if (stage.json) out(`${toJson({ ok, package: json['name'], pack, findings })}\n`)
  else out(page(findings, pack, errors))
  return ok ? 0 : EXIT_CODES.script
}

/** What publint says of entries and types: of what would be packed, as it would follow every link in the folder. */
async function publintFindings(folder: string, pack: Packed | undefined): Promise<Finding[]> {
  if (!pack) return []
  const [{ publint }, { formatMessage }] = await Promise.all([
    import('publint'),
    import('publint/utils'),
  ])
  const files = pack.files.map(({ path }) => {
    return { name: `/package/${path}`, data: readFileSync(join(folder, path)) }
  })
  const { messages, pkg } = await publint({ pkgDir: '/package', pack: { files }, strict: true })
  return messages.map((message) => {
    const level = message.type === 'error' ? 'error' : 'warning'
    const text = formatMessage(message, pkg, { color: false }) ?? message.code
    return { level, check: 'package', text }
  })
}

function page(findings: readonly Finding[], pack: Packed | undefined, errors: number): string {
  const paint = painter(process.stdout.isTTY)
  const lines = findings.map(({ level, check, text, hint, file, line }) => {
    const head = paint(level === 'error' ? 'red' : 'yellow', `${level}[${check}]`)
    const place = file === undefined ? '' : `  --> ${file}${line === undefined ? '' : `:${line}`}\n`
    const body = wrap(`${level}[${check}]: ${text}`, 80)
      .join('\n  ')
      .slice(`${level}[${check}]`.length)
    return `${head}${plain(body)}\n${plain(place)}${hint === undefined ? '' : `  hint: ${plain(hint)}\n`}`
  })
  const size = pack ? `${pack.files.length} files, ${Math.ceil(pack.unpackedSize / 1024)} KiB` : ''
  const warnings = findings.length - errors
  const told = `${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`
  return `${lines.join('')}${told}${size === '' ? '' : `; packed: ${size}`}\n`
}
