import { bytesText, imageHeader, printable } from '@llmspell/sdk'
import type { MediaKind } from '@llmspell/sdk'
import { filmFacts } from './film.ts'
import { soundFacts } from './sound.ts'

/** A content to show: what is known of it, and its bytes. */
export interface Shown {
  readonly kind: MediaKind
  readonly mime: string
  readonly name?: string | undefined
  readonly bytes: Uint8Array
}

/** What the headers of sound and film claim. */
export interface Facts {
  readonly format?: string
  readonly seconds?: number
  readonly channels?: number
  readonly hertz?: number
  readonly width?: number
  readonly height?: number
}

const MOST_NAME = 60
const MOST_SECONDS = 1e7

/** One line: name, type, size, and what the kind has of its own. */
export function factsLine(media: Shown): string {
  const { name, mime, bytes } = media
  const parts = [
    ...(name === undefined || name === '' ? [] : [printable(name, MOST_NAME)]),
    printable(mime, MOST_NAME),
    bytesText(bytes.byteLength),
    ...details(factsOf(media)),
  ]
  return `${parts.join(', ')}\n`
}

function factsOf({ kind, bytes }: Shown): Facts {
  if (kind === 'image') return imageHeader(bytes) ?? {}
  if (kind !== 'audio' && kind !== 'video') return {}
  return soundFacts(bytes) ?? filmFacts(bytes) ?? {}
}

function details({ format, seconds, channels, hertz, width, height }: Facts): string[] {
  return [
    ...(format === undefined ? [] : [printable(format, 20)]),
    ...(isSane(seconds) ? [secondsText(seconds)] : []),
    ...(isSane(width) && isSane(height) ? [`${width} x ${height} pixels`] : []),
    ...(isSane(channels) ? [channelsText(channels)] : []),
    ...(isSane(hertz) ? [`${hertz} Hz`] : []),
  ]
}

/** A header can claim anything. */
const isSane = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value > 0 && value < MOST_SECONDS

function channelsText(channels: number): string {
  return ['mono', 'stereo'][channels - 1] ?? `${channels} channels`
}

/** `3.5 s`, `4:07`, `1:02:03`. */
function secondsText(all: number): string {
  const tenths = Math.round(all * 10) / 10
  if (tenths < 10) return `${tenths.toFixed(1)} s`
  const whole = Math.round(all)
  const [hours, minutes, seconds] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ]
  const two = (part: number): string => `${part}`.padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
}
