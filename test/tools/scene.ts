import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Run, Value } from '@llmspell/sdk'
import { ROOT } from '../support/root.ts'

const NOTES = 'Three lamps.\nOne kettle, on the shelf.\nNo chairs.\n'
const CSV = 'item,count\nlamp,3\nkettle,1\n'
const FIXTURES = {
  'test/fixtures/dot.png': 'plugins/tool-image/test/fixtures/dot.png',
  'test/fixtures/page.png': 'plugins/tool-ocr/test/fixtures/page.png',
}

/** A folder with all that the examples of the tools name, the same every time. */
export function makeScene(archive?: Buffer): string {
  const root = mkdtempSync(join(tmpdir(), 'scene-'))
  const texts = { 'docs/notes.txt': NOTES, 'docs/lamps.csv': CSV, 'docs/page.txt': NOTES }
  for (const [name, text] of Object.entries(texts)) put(root, name, (to) => writeFileSync(to, text))
  for (const [name, from] of Object.entries(FIXTURES))
    put(root, name, (to) => copyFileSync(join(ROOT, from), to))
  if (archive) writeFileSync(join(root, 'docs/notes.zip'), archive)
  settle(root)
  return root
}

/** Gives everything the same time: a scene is the same in every second. */
function settle(root: string): void {
  const time = new Date('2026-01-02T03:04:06Z')
  for (const name of ['.', ...readdirSync(root, { recursive: true, encoding: 'utf8' })])
    utimesSync(join(root, name), time, time)
}

function put(root: string, name: string, write: (file: string) => void): void {
  const file = join(root, name)
  mkdirSync(dirname(file), { recursive: true })
  write(file)
}

export const removeScene = (root: string): void => rmSync(root, { recursive: true, force: true })

/** The notes, packed with the tool itself. Ends the run. */
export async function packedNotes(run: Run): Promise<Buffer> {
  const root = makeScene()
  const [from, to] = ['docs/notes.txt', 'docs/notes.zip'].map((name) => join(root, name))
  await run.call('Tool', 'execute', ['archive', { operation: 'create', from: [from!], to: to! }])
  await run.close()
  const bytes = readFileSync(to!)
  removeScene(root)
  return bytes
}

const PAGE = `<!doctype html><html><head><title>Lamps</title></head><body><article><h1>Lamps</h1>
<p>Three lamps stand on the shelf in the hall, and each of them gives warm light all evening long.</p>
<p>One of them is tall. <a href="/lamps/tall">Read about it.</a></p></article></body></html>`

/** What the addresses of the examples lead to. */
export async function openSite(): Promise<{ readonly origin: string; readonly server: Server }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { server, origin: `http://127.0.0.1:${port}` }
}

function answer({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false
  response.setHeader('connection', 'close')
  const send = (type: string, text: string): void =>
    void response.setHeader('content-type', type).end(text)
  if (url === '/robots.txt') response.statusCode = 404
  if (url.startsWith('/lamps.json') || url === '/orders')
    return send('application/json', '{"lamps":["tall","small"]}')
  return send('text/html; charset=utf-8', url === '/robots.txt' ? 'none' : PAGE)
}

/** An input with the address of the examples moved to the site. */
export function moved(input: Value, origin: string): Value {
  const text = JSON.stringify(input)
  return JSON.parse(text.replaceAll(/https?:\/\/(?:www\.)?example\.com/g, origin)) as Value
}
