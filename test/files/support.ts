import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createKernel } from '@llmspell/kernel'
import type { Access, Audit, Files, Permissions, PermissionSet } from '@llmspell/sdk'
import { ROOT } from '../support/root.ts'

/** The real services over a folder of their own. */
export interface FilesWorld extends AsyncDisposable {
  /** Everything is in it; removed at the end. */
  readonly base: string
  /** Folder of the runs. */
  readonly root: string
  readonly outside: string
  readonly files: Files
  readonly permissions: Permissions
  readonly audit: Audit
  access(allow: PermissionSet, more?: Partial<Access> & { deny?: PermissionSet }): Access
  /** Writes a file below the root. */
  put(path: string, content?: string | Uint8Array): void
}

/** @param config of the plugin `files`; with `audited`, the lines of the decisions are kept */
export async function filesWorld(
  config: object = {},
  { audited = false }: { readonly audited?: boolean } = {},
): Promise<FilesWorld> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'files-')))
  const plugins = ['permissions', 'files'].map((name) => join(ROOT, 'plugins', name))
  const audit = audited ? { permissions: { audit: join(base, 'audit') } } : {}
  const kernel = createKernel({ plugins, config: { plugins: { files: config, ...audit } } })
  await kernel.start()
  const [root, outside] = [join(base, 'root'), join(base, 'outside')]
  mkdirSync(root)
  mkdirSync(outside)
  return {
    base,
    root,
    outside,
    files: await kernel.use('files'),
    permissions: await kernel.use('permissions'),
    audit: await kernel.use('audit'),
    access: (allow, { deny = {}, ...more } = {}) => ({
      subject: "Tool 'test'",
      grants: [{ holder: 'command line', allow, deny }],
      root,
      ...more,
    }),
    put(path, content = '') {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    },
    async [Symbol.asyncDispose]() {
      await kernel.stop()
      rmSync(base, { recursive: true, force: true })
    },
  }
}
