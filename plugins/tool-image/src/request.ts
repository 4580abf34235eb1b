import { extname } from 'node:path'
import { inputInvalid } from '@llmspell/sdk'
import type { Violation } from '@llmspell/sdk'
import type { ImageInput } from './generated/input.ts'

type Format = NonNullable<ImageInput['format']>

const ENDINGS: Readonly<Record<string, Format>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
  '.gif': 'gif',
}

/** Each key with the operations that know it. */
const KEYS: readonly (readonly [keyof ImageInput, readonly ImageInput['operation'][]])[] = [
  ['width', ['resize', 'crop']],
  ['height', ['resize', 'crop']],
  ['left', ['crop']],
  ['top', ['crop']],
  ['angle', ['rotate']],
  ['to', ['resize', 'crop', 'rotate', 'convert']],
  ['format', ['resize', 'crop', 'rotate', 'convert']],
  ['quality', ['resize', 'crop', 'rotate', 'convert']],
]

/** @throws INPUT_INVALID for keys that are missing, or that the operation does not know */
export function checkRequest(input: ImageInput): void {
  const rows = [...sourceRows(input), ...missingRows(input), ...strayRows(input)]
  if (rows.length > 0) throw inputInvalid("Tool 'image'", rows)
}

/** The format that was asked for, by key or by the ending of the new file; undefined: as it was. */
export function wantedFormat({ format, to }: ImageInput): Format | undefined {
  return format ?? (to === undefined ? undefined : ENDINGS[extname(to).toLowerCase()])
}

function sourceRows({ path, base64 }: ImageInput): Violation[] {
  if ((path === undefined) !== (base64 === undefined)) return []
  const found = path === undefined ? 'neither' : 'both'
  return [{ path: 'path', expected: "either 'path' or 'base64'", found }]
}

function missingRows(input: ImageInput): Violation[] {
  const { operation, width, height } = input
  if (operation === 'resize' && width === undefined && height === undefined) {
    return [{ path: 'width', expected: "'width' or 'height' for a resize", found: 'neither' }]
  }
  if (operation === 'convert' && wantedFormat(input) === undefined) {
    return [{ path: 'format', expected: 'the format to convert to', found: 'nothing' }]
  }
  const needed: readonly (keyof ImageInput)[] =
    operation === 'crop'
      ? ['left', 'top', 'width', 'height']
      : operation === 'rotate'
        ? ['angle']
        : []
  return needed
    .filter((key) => input[key] === undefined)
    .map((key) => ({
      path: key,
      expected: `a number for operation '${operation}'`,
      found: 'nothing',
    }))
}

function strayRows(input: ImageInput): Violation[] {
  return KEYS.filter(
    ([key, operations]) => input[key] !== undefined && !operations.includes(input.operation),
  ).map(([key]) => ({
    path: key,
    expected: `no such key for operation '${input.operation}'`,
    found: `'${key}'`,
  }))
}
