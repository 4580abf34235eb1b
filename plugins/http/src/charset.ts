import { charsetUnknown } from './errors.ts'

const MARKS: readonly (readonly [string, string])[] = [
  ['efbbbf', 'utf-8'],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
]

/** Bytes as text: by byte order mark, `charset` of the type, else UTF-8. @throws HTTP_CHARSET */
export function textOf(host: string, bytes: Uint8Array, contentType: string | undefined): string {
  const start = Buffer.from(bytes.subarray(0, 3)).toString('hex')
  const marked = MARKS.find(([mark]) => start.startsWith(mark))?.[1]
  const name = marked ?? charsetOf(contentType) ?? 'utf-8'
  return decoderOf(host, name).decode(bytes)
}

/** The `charset` that a content type says. */
export function charsetOf(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]{1,64})/i.exec(contentType ?? '')?.[1]?.toLowerCase()
}

function decoderOf(host: string, name: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(name)
  } catch {
    throw charsetUnknown(host, name)
  }
}
