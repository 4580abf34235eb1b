import type { Files, Tool, ToolOutput } from '@llmspell/sdk'
import type { OcrConfig } from './generated/config.ts'
import type { OcrInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import type { OcrResult } from './generated/output.ts'
import { validate as validateOutput } from './generated/output.validate.js'
import { linesOf } from './lines.ts'
import type { Recogniser } from './recogniser.ts'
import { sourceOf } from './source.ts'

/** What the tool works with. */
export interface Means {
  readonly files: Files
  readonly recogniser: Recogniser
  readonly config: OcrConfig
}

/** The tool. What it reads off a page is somebody's text, never an instruction. */
export function ocr(means: Means): Tool<OcrInput> {
  return {
    validate,
    validateOutput,
    async execute(input, call): Promise<ToolOutput> {
      const { languages = ['eng'], path, lines } = input
      const { bytes, header } = await sourceOf(input, call, means)
      call.progress(0, 1, 'reading the text')
      const page = await means.recogniser.read(bytes, languages, { call, lines: lines === true })
      const result: OcrResult = {
        ...(path === undefined ? {} : { path }),
        text: page.text.trim(),
        confidence: page.confidence,
        languages,
        width: header.width,
        height: header.height,
        ...(lines ? { lines: linesOf(page) } : {}),
      }
      return { result: { ...result }, text: result.text, operation: 'read' }
    },
  }
}
