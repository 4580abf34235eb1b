import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KernelConfig } from '@llmspell/kernel'
import { ALL, openHouse, type House } from '../support/kernel.ts'

/** A house with script plugins, each written to a file of that name. */
export interface ScriptHouse extends House {
  readonly folder: string
}

export async function openScripts(
  files: Readonly<Record<string, string | Uint8Array>>,
  config: KernelConfig = {},
  more: readonly string[] = [],
): Promise<ScriptHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'script-plugins-'))
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  })
  const plugins = [...ALL, 'engine-javascript', 'engine-fengari']
  const house = await openHouse(plugins, [...paths, ...more] as never, config)
  const close = house[Symbol.asyncDispose].bind(house)
  return {
    ...house,
    folder,
    [Symbol.asyncDispose]: async () => {
      await close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The text of a plugin in one of the languages: a header, and the functions that it gives. */
export function plugin(language: 'lua' | 'javascript', header: object, code: string): string {
  const json = JSON.stringify(header, undefined, 1)
  return language === 'lua'
    ? `--[==[ llmspell\n${json} ]==]\n${code}`
    : `/* llmspell\n${json} */\n${code}`
}
