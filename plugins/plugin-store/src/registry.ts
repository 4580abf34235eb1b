import { isRecord } from './record.ts'
import { fail } from './errors.ts'
import type { Npm, NpmCall } from './npm.ts'

/** One version as the registry has it. */
export interface RegistryVersion {
  readonly name: string
  readonly version: string
  /** The whole package.json, with what the registry adds. */
  readonly json: Readonly<Record<string, unknown>>
  readonly dist: Readonly<Record<string, unknown>>
  /** ISO time by version. */
  readonly time: Readonly<Record<string, string>>
}

/** The newest version that fits. @throws NPM_FAILED */
export async function registryVersion(
  npm: Npm,
  spec: string,
  call: NpmCall,
): Promise<RegistryVersion> {
  const found = await npm.json(['view', spec], call)
  const json: unknown = Array.isArray(found) ? found.at(-1) : found
  if (!isRecord(json) || typeof json['name'] !== 'string' || typeof json['version'] !== 'string') {
    throw fail(
      'NPM_FAILED',
      `The registry has no version of '${spec}'.`,
      'Look at its versions: npm view NAME versions',
    )
  }
  const { name, version } = json
  const part = (key: string): Record<string, never> =>
    isRecord(json[key]) ? (json[key] as never) : {}
  return { name, version, json, dist: part('dist'), time: part('time') }
}

const DAY = 86_400_000

/** Why a version is too young, or undefined. @param days how long it must have been public */
export function tooNew({ name, version, time }: RegistryVersion, days: number): Error | undefined {
  if (days <= 0) return undefined
  const latest = Date.now() - days * DAY
  const public_ = Date.parse(time[version] ?? '')
  if (public_ <= latest) return undefined
  const age = Number.isNaN(public_)
    ? 'an age that the registry does not say'
    : ageText(Date.now() - public_)
  const text = `'${name}@${version}' is too new: expected a version that has been public for ${days} days, found ${age}.`
  const older = Object.entries(time)
    .filter(([one, at]) => /^\d+\.\d+\.\d+$/.test(one) && Date.parse(at) <= latest)
    .sort(([, a], [, b]) => Date.parse(a) - Date.parse(b))
    .at(-1)
  const hint = older
    ? `Install ${name}@${older[0]}, or pass --min-age=0.`
    : 'Wait, or pass --min-age=0.'
  return fail('PLUGIN_TOO_NEW', text, hint)
}

function ageText(ms: number): string {
  const hours = Math.max(0, Math.floor(ms / 3_600_000))
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`
}
