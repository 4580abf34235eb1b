import type { SecretCheck } from './service.ts'

/** Lines for people on what was found. */
export function reportText({ path, keyFrom, count, short, dotenv }: SecretCheck): string {
  const file =
    keyFrom === undefined
      ? 'there is none yet'
      : `${of(count, 'secret')}, opened by ${keyFrom === 'passphrase' ? 'a passphrase' : 'its key file'}`
  const lines = [`encrypted file  ${file}`]
  if (path !== undefined) lines.push(`  at            ${path}`)
  for (const name of short)
    lines.push(`  short         '${name}' has fewer than 6 characters: it is not hidden in texts`)
  lines.push(`.env            ${dotenvText(dotenv)}`)
  return `${lines.join('\n')}\n`
}

function dotenvText({ count, faults }: SecretCheck['dotenv']): string {
  const names = count === 0 ? 'no names' : of(count, 'name')
  if (faults.length === 0) return names
  return `${names}; not read: line ${faults.slice(0, 10).join(', ')}`
}

const of = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
