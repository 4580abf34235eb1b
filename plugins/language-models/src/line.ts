import type {
  Access,
  Http,
  LanguageModelRules,
  ModelCallOptions,
  ModelSettings,
} from '@llmspell/sdk'

/** Everything that one call goes by, beside what is asked. */
export interface Line {
  readonly http: Http
  readonly rules: LanguageModelRules
  readonly model: ModelSettings
  readonly options: Pick<ModelCallOptions, 'signal' | 'access' | 'logger'>
}

/** Where the call goes. */
export function addressOf({ model, rules }: Pick<Line, 'model' | 'rules'>): string {
  return model.baseUrl ?? rules.baseUrl
}

/** What the traffic is made under; where a host calls without saying more: to the base URL and nowhere else. */
export function accessOf(line: Line): Access {
  const { model, rules, options } = line
  if (options.access) return options.access
  const { origin } = new URL(addressOf(line))
  const holder = `plugin provider-${rules.provider}`
  const grants = [{ holder, allow: { net: [origin], 'net-private': [origin] } }]
  return { subject: `Provider '${model.provider}'`, grants, root: process.cwd() }
}
