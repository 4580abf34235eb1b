import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PermissionSet } from '@llmspell/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { png } from '../media-values/pictures.ts'
import { openHouse, type House } from '../support/kernel.ts'

interface Row {
  readonly id: string
  readonly make: string
  readonly with: string
  readonly mime?: string
  readonly then?: string
  /** For `save`. */
  readonly to?: string
  readonly allow?: PermissionSet
  /** The file becomes a link to the outside after it was named. */
  readonly swap?: boolean
  readonly expect: string
  readonly hidden?: string
}

const text = readFileSync(new URL('media-values.json', import.meta.url), 'utf8')
const { rows } = JSON.parse(text) as { readonly rows: readonly Row[] }
const PLUGINS = ['permissions', 'files', 'http', 'media', 'engine-lua', 'script-runtime']

const PLAYLIST = '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'
const CLAIMS = '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x77\x35\x94\0\x77\x35\x94\0\x08\x02\0\0\0'
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'lamp.png': png(7, 5),
  'swapped.png': png(7, 5),
  'page.png': '<script>alert(1)</script>',
  'empty.png': '',
  'cut.png': png(7, 5).subarray(0, 30),
  'gif.pdf': 'GIF89a\x01\0\x01\0%PDF-1.7',
  'claims.png': Buffer.from(CLAIMS, 'latin1'),
  'entities.svg': '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
  'playlist.mp4': PLAYLIST,
  'playlist.avi': PLAYLIST,
  'sparse.png': '',
}

let house: House
let base = ''
let root = ''
let server: Server
let origin = ''

beforeAll(async () => {
  house = await openHouse(PLUGINS)
  base = realpathSync(mkdtempSync(join(tmpdir(), 'media-corpus-')))
  root = join(base, 'root')
  for (const folder of ['root', 'outside', 'root/sub']) mkdirSync(join(base, folder))
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(root, name), content)
  truncateSync(join(root, 'sparse.png'), 2 ** 31)
  writeFileSync(join(base, 'outside', 'secret.png'), png(1, 1))
  symlinkSync(join(base, 'outside', 'secret.png'), join(root, 'link.png'))
  symlinkSync(join(base, 'outside'), join(root, 'linked'))
  execFileSync('mkfifo', [join(root, 'pipe.png')])
  server = createServer(({ url = '' }, response) => serve(url, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  server.closeAllConnections()
  server.close()
  rmSync(base, { recursive: true, force: true })
})

function serve(url: string, response: ServerResponse): void {
  if (url === '/to-metadata.png')
    return void response.writeHead(302, { location: 'http://169.254.169.254/a.png' }).end()
  if (url === '/page.png') return void response.end('<html></html>')
  response.setHeader('content-type', 'image/png')
  if (url !== '/endless.png') return void response.end(png(7, 5))
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536)));
  }
  response.on('drain', more)
  more()
}

const quoted = (value: string): string => JSON.stringify(value)

function scriptOf(row: Row): string {
  const mime = row.mime === undefined ? '' : `, ${quoted(row.mime)}`
  const to = row.to === undefined ? '' : quoted(row.to)
  const then = row.then === undefined ? '' : `local came = m:${row.then}(${to})`
  const swap = row.swap ? 'print("swap")' : ''
  return `local m = Media.${row.make}(${quoted(row.with)}${mime})
    ${swap}
    ${then}
    local d = ${row.then === 'describe' ? 'came' : 'm'}
    return d.kind .. " " .. d.mime`
}

/** The file that was named is no longer the one that is read. */
function swap(name: string): void {
  rmSync(join(root, name))
  symlinkSync(join(base, 'outside', 'secret.png'), join(root, name))
}

async function answer(row: Row): Promise<string> {
  const given = { read: ['.'], write: ['.'], ...row.allow }
  const here = (value: string): string => value.replaceAll('ORIGIN', origin)
  const allow = JSON.parse(here(JSON.stringify(given))) as PermissionSet
  const write = (): void => swap(row.with)
  try {
    const options = { root, allow, limits: { timeMs: 15_000 }, ...(row.swap ? { write } : {}) }
    const { value } = await house.lua(here(scriptOf(row)), options)
    return `ok:${value as string}`
  } catch (error) {
    const { code, message } = error as { readonly code: string; readonly message: string }
    return `${code} ${message}`
  }
}

test.each(rows)('$id: $make $with $then is $expect', async (row) => {
  const came = await answer(row)
  expect(came.startsWith('ok:') ? came : came.split(' ')[0]).toBe(row.expect)
  expect(came).not.toContain(row.hidden ?? base)
})
