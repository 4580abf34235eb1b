import { VALUE_LIMITS, checkValue, isSpellError } from '@llmspell/sdk'
import type { ArtifactInfo, Artifacts, ToolOutput, Value } from '@llmspell/sdk'
import { cutText, preview } from './preview.ts'
import { isStructured, readable } from './result.ts'
import { spill } from './spill.ts'
import type { Origin, Whole } from './spill.ts'
import { weigh } from './weigh.ts'

/** Bytes of a whole result, less what stands beside the payload. */
const ROOM = VALUE_LIMITS.bytes - 16 * 1024
/** The payload stands in a result up to four times: a quarter fits without being weighed. */
const SURE = ROOM / 4
/** Larger ones are not taken to pieces. */
const MOST = 64 * 1024 * 1024
/** A result puts its payload two levels down. */
const DEPTH = VALUE_LIMITS.depth - 2

/** An output that one call can carry, `text` filled in, and where the whole is if this is a part. */
export interface Fitted {
  readonly output: ToolOutput & { readonly text: string }
  readonly artifact?: ArtifactInfo
}

export interface Fitting {
  readonly origin: Origin
  readonly artifacts: Artifacts | undefined
  /** Whether a part of the result still keeps the schema of the tool. */
  readonly keepsSchema: (part: Value) => boolean
}

/** @throws VALUE_UNSUPPORTED for what is no plain data */
export function isPlainAndSmall(result: unknown, tool: string): boolean {
  const path = `result of tool '${tool}'`
  try {
    checkValue(result, { path, limits: { bytes: SURE, depth: DEPTH } })
    return true
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'VALUE_TOO_LARGE') throw error
    checkValue(result, { path, limits: { bytes: MOST, depth: DEPTH } })
    return false
  }
}

/**
 * What can be handed over of an output: all of it, or a part whose whole is an artifact.
 * @throws VALUE_UNSUPPORTED, VALUE_TOO_LARGE
 */
export async function fitted(given: ToolOutput, small: boolean, how: Fitting): Promise<Fitted> {
  const output = { ...given, text: given.text ?? readable(given.result) }
  if (small && output.text.length <= SURE) return { output }
  const copies = isStructured(output.result) ? 3 : 2
  const weight = weigh(output.result)
  if (copies * weight + output.text.length <= ROOM) return { output }
  const room = Math.floor(ROOM / (copies + 1))
  const part = partOf(output.result, room, how)
  const whole = weight <= room ? { text: given.text } : cutField(output.result, part)
  const artifact = await spill(given, whole, how.origin, how.artifacts)
  const result = part ?? placeOf(artifact)
  const text = cutText(given.text ?? readable(result), room)
  return { output: { ...given, result, text }, artifact }
}

/** In the shape of the whole where that can be cut. */
function partOf(result: Value, room: number, how: Fitting): Value | undefined {
  const part = weigh(result) <= room ? result : preview(result, room)
  return part !== undefined && how.keepsSchema(part) ? part : undefined
}

function placeOf(artifact: ArtifactInfo): Value {
  return { truncated: true, bytes: artifact.bytes, artifact: artifact as unknown as Value }
}

/** The field of an object whose text was cut, where that is all that was. */
function cutField(whole: Value, part: Value | undefined): Whole {
  if (!isRecord(whole) || !isRecord(part)) return {}
  const cut = Object.entries(whole).filter(([key, value]) => !isSame(value, part[key]))
  const [field, text] = cut[0] ?? []
  return cut.length === 1 && typeof text === 'string' ? { field: field!, text } : {}
}

function isRecord(value: Value | undefined): value is Readonly<Record<string, Value>> {
  return isStructured(value ?? null) && !Array.isArray(value)
}

const isSame = (one: Value, other: Value | undefined): boolean =>
  one === other || (isStructured(one) && JSON.stringify(one) === JSON.stringify(other))
