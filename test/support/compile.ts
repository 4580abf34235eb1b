import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binOf } from './packages.ts'

const OPTIONS = {
  target: 'es2023',
  module: 'esnext',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  lib: ['es2023'],
  types: [],
  strict: true,
  allowJs: true,
  checkJs: true,
  noEmit: true,
}

/** A complaint of the compiler about one line. */
export interface Complaint {
  readonly file: string
  readonly line: number
  readonly text: string
}

/** What the compiler says of these files, with strict checks and no types but those among them. */
export async function compile(
  files: Readonly<Record<string, string>>,
): Promise<readonly Complaint[]> {
  const folder = mkdtempSync(join(tmpdir(), 'llmspell-types-'))
  try {
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const config = { compilerOptions: OPTIONS, files: Object.keys(files) }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    return complaints(await tsc(folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function tsc(folder: string): Promise<string> {
  const argv = [binOf('typescript', 'tsc'), '-p', folder, '--pretty', 'false']
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { cwd: folder }, (_, stdout) => resolve(stdout))
  })
}

function complaints(text: string): readonly Complaint[] {
  const lines = text.split('\n').filter((line) => /error TS/.test(line))
  return lines.map((each) => {
    const [, file = '', line = '0', message = each] =
      /^(.+?)\((\d+),\d+\): error (.*)$/.exec(each) ?? []
    return { file, line: Number(line), text: message }
  })
}
