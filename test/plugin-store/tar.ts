import { gzipSync } from 'node:zlib'

/** One entry of an archive, as hostile as it likes. */
export interface TarEntry {
  readonly path: string
  readonly text?: string
  /** `0` a file, `1` a hard link, `2` a symbolic link. */
  readonly type?: '0' | '1' | '2'
  readonly target?: string
}

/** A packed package. */
export function tarball(entries: readonly TarEntry[]): Buffer {
  return gzipSync(Buffer.concat([...entries.map(block), Buffer.alloc(1024)]))
}

function block({ path, text = '', type = '0', target = '' }: TarEntry): Buffer {
  const body = Buffer.from(text)
  const head = Buffer.alloc(512)
  const put = (value: string, at: number): void => void head.write(value, at, 'latin1')
  put(path, 0)
  put('0000644\0', 100)
  put('0000000\0'.repeat(2), 108)
  put(`${body.length.toString(8).padStart(11, '0')}\0`, 124)
  put('00000000000\0', 136)
  put('        ', 148)
  put(type, 156)
  put(target, 157)
  put('ustar\x0000', 257)
  const sum = head.reduce((total, byte) => total + byte, 0)
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([head, body, Buffer.alloc((512 - (body.length % 512)) % 512)])
}
