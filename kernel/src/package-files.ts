import type { PackageFiles } from '@llmspell/sdk'

const fs = process.getBuiltinModule('node:fs')

/** Hashes of a package's own files. Packages inside it have locks of their own. @throws where it cannot be read */
export function packageFiles(root: string): PackageFiles {
  const files = Object.fromEntries(pathsIn(root, '').map((path) => [path, fileHash(root, path)]))
  const text = Object.entries(files).map(([path, hash]) => `${hash}  ${path}\n`)
  return { files, hash: sha256(text.join('')) }
}

function pathsIn(root: string, folder: string): string[] {
  const found = fs.readdirSync(`${root}/${folder}`, { withFileTypes: true })
  const paths = found.flatMap((entry) => {
    const path = folder + entry.name
    if (!entry.isDirectory()) return [path]
    return path === 'node_modules' ? [] : pathsIn(root, `${path}/`)
  })
  // By code unit, so that no locale has a say.
  return paths.sort((a, b) => (a < b ? -1 : 1))
}

/** A link counts as where it leads to: what it leads to is not the package's. */
function fileHash(root: string, path: string): string {
  const file = `${root}/${path}`
  const info = fs.lstatSync(file)
  if (info.isFile()) return sha256(fs.readFileSync(file))
  return sha256(info.isSymbolicLink() ? `link ${fs.readlinkSync(file)}` : 'no file')
}

function sha256(data: string | Buffer): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(data).digest('hex')
}
