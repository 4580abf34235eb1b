import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { notAvailable } from './errors.ts'
import type { OcrConfig } from './generated/config.ts'

const QUALITY = '4.0.0_best_int'

/** A folder with language data, to be given back once it was read. */
export interface LanguageFolder extends AsyncDisposable {
  readonly path: string
}

/**
 * A folder that holds the data of all the languages. Nothing is ever downloaded.
 * @throws NOT_AVAILABLE for a language without data
 */
export async function languageFolder(
  languages: readonly string[],
  { data }: OcrConfig,
): Promise<LanguageFolder> {
  const folders = languages.map((language) => folderOf(language, data))
  const [first] = folders
  if (folders.some((folder) => folder !== first)) return gathered(languages, folders)
  return { path: first!, [Symbol.asyncDispose]: () => Promise.resolve() }
}

function folderOf(language: string, data: string | undefined): string {
  const folder = data ?? packageFolder(language)
  if (folder !== undefined && existsSync(join(folder, fileOf(language)))) return folder
  throw notAvailable(`the language data of '${language}'`, `@tesseract.js-data/${language}`)
}

function packageFolder(language: string): string | undefined {
  try {
    const file = createRequire(import.meta.url).resolve(`@tesseract.js-data/${language}`)
    return join(dirname(file), QUALITY)
  } catch {
    return undefined
  }
}

/** The library takes one folder only. */
async function gathered(
  languages: readonly string[],
  folders: readonly string[],
): Promise<LanguageFolder> {
  const path = await mkdtemp(join(tmpdir(), 'llmspell-ocr-'))
  await Promise.all(
    languages.map((language, i) =>
      cp(join(folders[i]!, fileOf(language)), join(path, fileOf(language))),
    ),
  )
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

function fileOf(language: string): string {
  return `${language}.traineddata.gz`
}
