import { didYouMean, nearest } from '@llmspell/sdk'
import { unknownZone } from './errors.ts'

const FIXED = /^UTC(?:([+-])(\d{1,2})(?::?([0-5]\d))?)?$/i

/** The zone as the library takes it: never the host's own. @throws DATETIME_ZONE */
export function zoneOf(name: string): string {
  const fixed = FIXED.exec(name) ?? FIXED.exec(`UTC${name}`)
  if (fixed) return fixedZone(name, fixed)
  const zones = Intl.supportedValuesOf('timeZone')
  const known = zones.find((zone) => zone.toLowerCase() === name.toLowerCase())
  if (known !== undefined) return known
  if (isAlias(name)) return name
  throw unknownZone(name, suggestion(name, zones))
}

function fixedZone(name: string, [, sign, hours = '0', minutes = '00']: RegExpExecArray): string {
  if (Number(hours) > 14) throw unknownZone(name, 'Zones go from UTC-14 to UTC+14.')
  if (sign === undefined || Number(hours) + Number(minutes) === 0) return 'UTC'
  return `UTC${sign}${Number(hours)}${minutes === '00' ? '' : `:${minutes}`}`
}

/** Old names such as US/Eastern, which the list leaves out. Abbreviations like EST are no zones. */
function isAlias(name: string): boolean {
  if (!/^[A-Za-z_]+\/[A-Za-z0-9_+/-]+$/.test(name)) return /^(?:gmt|z)$/i.test(name)
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Also by the city alone. */
function suggestion(name: string, zones: readonly string[]): string {
  const cities = new Map(zones.map((zone) => [zone.split('/').at(-1)!, zone]))
  const city = nearest(name.split('/').at(-1)!, cities.keys())
  const otherwise = city === undefined ? '' : `Did you mean '${cities.get(city)!}'?`
  return didYouMean(name, zones, otherwise || 'Write it as Europe/Berlin or UTC+2.')
}
