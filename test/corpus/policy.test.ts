import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type {
  ApprovalAnswer,
  ApprovalQuestion,
  CallContext,
  GrantLayer,
  Label,
} from '@llmspell/sdk'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hostPlugin, inRun } from '../support/host.ts'
import { openHouse, type House } from '../support/kernel.ts'

interface Row {
  readonly id: string
  readonly system?: string
  readonly user?: string
  readonly project?: string
  /** True: somebody trusts the project's file; a code: what trusting it raises. */
  readonly trust?: true | string
  /** What the project's file says afterwards. */
  readonly then?: string
  readonly flags?: { readonly allow?: GrantLayer['allow']; readonly deny?: GrantLayer['allow'] }
  readonly layers?: readonly GrantLayer[]
  readonly agent?: true
  readonly labels?: readonly Label[]
  readonly need: readonly [string, string]
  readonly shown?: string
  readonly answer?: ApprovalAnswer
  readonly asked?: number
  readonly rule?: string | null
  readonly hidden?: string
  readonly holder?: string
  readonly expect: string
}

const text = readFileSync(new URL('policy.json', import.meta.url), 'utf8')
const { rows } = JSON.parse(text) as { readonly rows: readonly Row[] }

let base = ''
let places: Record<'root' | 'system' | 'user' | 'state' | 'audit' | 'link', string>
let house: House

beforeEach(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'policies-')))
  const at = (...names: string[]): string => join(base, ...names)
  places = {
    root: at('root'),
    system: at('etc', 'policy.toml'),
    user: at('config', 'policy.toml'),
    state: at('state'),
    audit: at('audit'),
    link: at('link'),
  }
  for (const folder of [at('root', '.llmspell'), at('etc'), at('config'), at('state')])
    mkdirSync(folder, { recursive: true })
  symlinkSync(at('config'), places.link)
  const { system, user, state, audit } = places
  const plugins = { permissions: { system, user, state, audit } }
  house = await openHouse(['permissions', 'script-runtime'], [hostPlugin], { plugins })
})

afterEach(async () => {
  await house.kernel.stop()
  rmSync(base, { recursive: true, force: true })
})

const placed = (path: string): string =>
  path.replace(/\{(\w+)\}/, (_, name: keyof typeof places) => places[name])

function write(path: string, content: string | undefined): void {
  if (content === undefined) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

async function prepare({ system, user, project, trust, then }: Row): Promise<unknown> {
  const file = join(places.root, '.llmspell', 'policy.toml')
  write(places.system, system)
  write(places.user, user)
  write(file, project)
  const trusted = trust === undefined ? undefined : await trusting()
  write(file, then)
  return trusted
}

/** True, or the code of what trusting the project's file raises. */
async function trusting(): Promise<true | string> {
  const policy = await house.kernel.use('policy')
  return policy.trust(places.root).then(
    () => true,
    (error: unknown) => (error as { code: string }).code,
  )
}

interface Came {
  readonly outcome: string
  readonly holder: unknown
  readonly questions: readonly ApprovalQuestion[]
}

async function come(row: Row): Promise<Came> {
  const questions: ApprovalQuestion[] = []
  const ask = (question: ApprovalQuestion): Promise<ApprovalAnswer> => {
    questions.push(question)
    return Promise.resolve(row.answer!)
  }
  try {
    const chain = await (await house.kernel.use('policy')).chain(places.root, row.flags ?? {})
    const options = {
      grants: [...chain, ...(row.layers ?? [])],
      root: places.root,
      ...(row.answer ? { ask } : {}),
    }
    await inRun(house, (context) => use(row, context), options)
    return { outcome: 'allowed', holder: undefined, questions }
  } catch (error) {
    const { code, details } = error as { code: string; details?: { holder?: string } }
    const outcome = code === 'PERMISSION_DENIED' ? 'denied' : code
    return { outcome, holder: details?.holder, questions }
  }
}

async function use({ need, shown, labels, agent }: Row, context: CallContext): Promise<void> {
  const permissions = await house.kernel.use('permissions')
  const { grants, root, signal } = context
  const actors = agent ? [{ kind: 'agent', name: 'x' }] : []
  const access = { subject: 'A test', grants, root, signal, run: { ...context, actors } }
  for (const label of labels ?? []) permissions.mark(label, access)
  const [permission, target] = [need[0], placed(need[1])]
  await permissions.require({ permission, target, ...(shown ? { shown } : {}) }, access)
}

test.each(rows)('$id: $need → $expect', { timeout: 5000 }, async (row) => {
  expect(await prepare(row)).toBe(row.trust)
  const { outcome, holder, questions } = await come(row)
  const rule = questions[0]?.rule ?? null
  const words = JSON.stringify(questions)
  expect({
    outcome,
    asked: questions.length,
    holder: row.holder === undefined ? undefined : holder,
    rule: row.rule === undefined ? undefined : rule,
    shows: row.hidden !== undefined && words.includes(row.hidden),
  }).toEqual({
    outcome: row.expect,
    asked: row.asked ?? 0,
    holder: row.holder,
    rule: row.rule,
    shows: false,
  })
  const audit = await house.kernel.use('audit')
  const count = row.expect === 'POLICY_INVALID' ? 0 : 1
  expect(await audit.verify()).toEqual({ lines: count, faults: [] })
})
