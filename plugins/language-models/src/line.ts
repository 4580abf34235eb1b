import { SpellError } from '@llmspell/sdk'
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
  readonly options: Pick<ModelCallOptions, 'signal' | 'access' | 'logger' | 'alive'>
}

/** Where the call goes. @throws MODEL_INVALID where nobody says it, or nobody could go there */
export function addressOf({ model, rules }: Pick<Line, 'model' | 'rules'>): string {
  const address = model.baseUrl ?? rules.baseUrl
  if (URL.canParse(address) && /^https?:/i.test(address)) return address
  const found = address === '' ? 'nothing' : `'${address}'`
  const text = `Model '${model.provider}/${model.model}' has no address: expected a base URL, found ${found}.`
  throw new SpellError('MODEL_INVALID', text, {
    hint: `Write base_url = 'http://127.0.0.1:8000/v1', or where it is, under [plugins.models.providers.${model.provider}] in a file of your own named with --config.`,
  })
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
