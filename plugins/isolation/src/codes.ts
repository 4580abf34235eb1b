import { isSpellError, SpellError } from '@llmspell/sdk'
import type { ErrorItem, HostedPlugin, ToolItem } from '@llmspell/sdk'
import type { OpenCall } from './ports/open-call.ts'

/** By these the host decides what becomes of a run: no plugin raises them by listing them. */
const STEERING =
  /^(?:CANCELLED|SUSPENDED|TIMEOUT|MEMORY_LIMIT|INTERNAL|[A-Z]+_EXCEEDED|PERMISSION_DENIED|REPLAY_MISMATCH|(?:HOOK|PLUGIN|RESUME|RUN|SCRIPT|SESSION|STATE)_.*)$/

/** What our own code in its process raises. */
const OURS = [
  'CALL_ENDED',
  'CONTRIBUTION_UNDECLARED',
  'CONTRIBUTION_UNKNOWN',
  'ISOLATED_ONLY',
  'PLUGIN_LOAD',
  'VALUE_TOO_LARGE',
  'VALUE_UNSUPPORTED',
]

/** The codes that a plugin in another process may raise. */
export class Codes {
  readonly #plugin: string
  readonly #own: ReadonlySet<string>

  constructor({ id, manifest: { contributes = {} } }: Pick<HostedPlugin, 'id' | 'manifest'>) {
    this.#plugin = id
    const errors = (contributes['errors'] ?? []) as readonly ErrorItem[]
    const tools = (contributes['tools'] ?? []) as readonly ToolItem[]
    const listed = [
      ...errors.map(({ name }) => name),
      ...tools.flatMap((tool) => tool.reports ?? []),
    ]
    this.#own = new Set(listed.filter((code) => !STEERING.test(code)))
  }

  /**
   * What the other side threw, as the host throws it: an error that the host gave it is that one again; a code
   * that is not its own is none.
   */
  sifted(error: unknown, open?: OpenCall): unknown {
    if (!isSpellError(error)) return error
    const given = open?.given(error)
    if (given) return given
    const { code, message, hint, details } = error
    if (OURS.includes(code)) return error
    if (!this.#own.has(code) && !open?.gave(code)) return new Error(message)
    const said = hint === undefined ? undefined : `Plugin '${this.#plugin}' says: ${hint}`
    return new SpellError(code, message, { hint: said, details })
  }
}
