import { CONFIG, HELP, JSON_FLAG, QUIET, type FlagSpec } from '../../flags.ts'

export const COMMON = [JSON_FLAG, CONFIG, QUIET, HELP]

export const YES: FlagSpec = {
  name: 'yes',
  char: 'y',
  kind: 'switch',
  summary: 'Accept what is shown, without a question',
}

const TRUST: FlagSpec = {
  name: 'trust',
  kind: 'switch',
  summary: 'Let it run in the process of llmspell, with all that you may do',
}

const AGE: FlagSpec = {
  name: 'min-age',
  kind: 'text',
  value: 'DAYS',
  summary: 'How long a version must have been public (default: 7)',
}

const GIT: FlagSpec = {
  name: 'allow-git',
  kind: 'switch',
  summary: 'Take git addresses too: no registry keeps what they had',
}

/** Flags of all that brings code. */
export const BRINGS = [YES, TRUST, AGE, GIT, ...COMMON]
