/** Facts about the next entry: what of them is used. */
export interface PaxFacts {
  readonly path?: string
  readonly size?: number
}

/**
 * The records `<length> <key>=<value>\n` of a header of type x or g, or undefined where they are not such.
 * The length counts the whole record.
 */
export function paxRecords(bytes: Buffer): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>()
  for (let at = 0; at < bytes.byteLength;) {
    const blank = bytes.indexOf(0x20, at)
    const digits = blank < 0 || blank - at > 6 ? '' : bytes.toString('latin1', at, blank)
    const end = at + Number(digits)
    if (!/^[1-9][0-9]*$/.test(digits) || end > bytes.byteLength || end <= blank + 1)
      return undefined
    const equals = bytes.indexOf(0x3d, blank)
    if (bytes[end - 1] !== 0x0a || equals < 0 || equals >= end || equals === blank + 1)
      return undefined
    records.set(
      bytes.toString('utf8', blank + 1, equals),
      bytes.toString('utf8', equals + 1, end - 1),
    )
    at = end
  }
  return records
}

/** The facts, or what is wrong with them. */
export function paxFacts(bytes: Buffer): PaxFacts | string {
  const records = paxRecords(bytes)
  if (!records) return 'a header of facts that cannot be read'
  const [path, size] = [records.get('path'), records.get('size')]
  if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) return 'a sparse file'
  if (size !== undefined && !/^[0-9]{1,15}$/.test(size)) return 'a header of facts without a size'
  return {
    ...(path === undefined ? {} : { path }),
    ...(size === undefined ? {} : { size: Number(size) }),
  }
}
