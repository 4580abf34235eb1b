import { SpellError, inputInvalid, printable } from '@llmspell/sdk'
import type { Files, Secrets, Tool, ToolCall, ToolOutput } from '@llmspell/sdk'
import { SIZE, digestOf, isSecure } from './digest.ts'
import type { Digest } from './digest.ts'
import { decode } from './encoding.ts'
import type { HashInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import type { HashResult } from './generated/output.ts'
import { validate as validateOutput } from './generated/output.validate.js'

const SOURCES = ['text', 'base64', 'path'] as const
const PROGRESS_EVERY = 16 * 1024 * 1024

/** The tool. Files come from the guarded service, keys from the service of secrets, if there is one. */
export function hash(files: Files, secrets: Secrets | undefined): Tool<HashInput> {
  return {
    validate,
    validateOutput,
    async execute(input, call) {
      const expected = checked(input)
      const key = input.key === undefined ? undefined : await keyOf(secrets, input.key, call)
      const digest = digestOf(input.algorithm, key)
      const bytes = await feed(digest, input, files, call)
      return outputOf(input, digest.end(), bytes, expected)
    },
  }
}

/** The digest that is expected, if one is. @throws INPUT_INVALID */
function checked(input: HashInput): Buffer | undefined {
  const given = SOURCES.filter((name) => input[name] !== undefined)
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none of them' : given.join(' and ')
    throw refused(given[0] ?? 'text', 'one of text, base64 and path', found)
  }
  if (input.key !== undefined && input.algorithm === 'crc32')
    throw refused('key', 'another algorithm for an HMAC, such as sha256', 'crc32')
  return input.verify === undefined ? undefined : expectation(input, input.verify)
}

function expectation({ algorithm, encoding }: HashInput, verify: string): Buffer {
  const size = SIZE[algorithm]
  const bytes = decode(verify, encoding)
  if (bytes?.byteLength === size) return bytes
  const found = bytes ? `${bytes.byteLength} bytes` : `'${printable(verify, 40)}'`
  throw refused('verify', `the ${size} bytes of a ${algorithm} as ${encoding}`, found)
}

function keyOf(secrets: Secrets | undefined, name: string, call: ToolCall): Promise<string> {
  if (secrets) return secrets.reveal(name, call)
  const message = `The key '${printable(name, 80)}' cannot be looked up: expected a service of secrets, found none.`
  throw new SpellError('HASH_KEY_UNAVAILABLE', message, { hint: 'Install the plugin secrets.' })
}

/** How many bytes there were. */
function feed(
  digest: Digest,
  { text, base64, path }: HashInput,
  files: Files,
  call: ToolCall,
): number | Promise<number> {
  if (path !== undefined) return feedFile(digest, path, files, call)
  const bytes = text === undefined ? decode(base64!, 'base64') : Buffer.from(text)
  if (!bytes) throw refused('base64', 'base64', `'${printable(base64!, 40)}'`)
  digest.update(bytes)
  return bytes.byteLength
}

async function feedFile(
  digest: Digest,
  path: string,
  files: Files,
  call: ToolCall,
): Promise<number> {
  await using file = await files.open(path, call)
  let done = 0
  let shown = 0
  for await (const bytes of file.read()) {
    digest.update(bytes)
    done += bytes.byteLength
    if (done - shown < PROGRESS_EVERY) continue
    shown = done
    call.progress(done, file.size)
  }
  return done
}

function outputOf(
  { algorithm, encoding, key }: HashInput,
  digest: Buffer,
  bytes: number,
  expected: Buffer | undefined,
): ToolOutput {
  const text = digest.toString(encoding)
  const { timingSafeEqual } = process.getBuiltinModule('node:crypto')
  const matches = expected && timingSafeEqual(digest, expected)
  const result: HashResult = {
    algorithm,
    hmac: key !== undefined,
    encoding,
    ...(key !== undefined && expected ? {} : { digest: text }),
    bytes,
    secure: isSecure(algorithm),
    ...(matches === undefined ? {} : { matches }),
  }
  const said = matches === undefined ? text : matches ? 'matches' : 'does not match'
  return { result: { ...result }, text: said, operation: matches === undefined ? 'hash' : 'verify' }
}

function refused(path: string, expected: string, found: string): SpellError {
  return inputInvalid("Tool 'hash'", [{ path, expected, found }])
}
