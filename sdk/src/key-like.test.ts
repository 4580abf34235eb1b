import { expect, test } from 'vitest'
import { looksLikeKey } from './key-like.ts'

const letters = 'q7Zk2Xw9Lm4Tn8Rb3Vc6Yd1Hs5Gf0Jp'

test.each([
  `sk-${letters}`,
  `sk-proj-${letters}`,
  `ghp_${letters}`,
  `github_pat_${letters}`,
  `env:sk-${letters}`,
  `secret:ghp_${letters}`,
  `Bearer sk-${letters}`,
  `AKIA${'IOSFODNN7EXAMPLE'}`,
  `${letters}${letters}`,
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
])('%j looks like a key', (text) => {
  expect(looksLikeKey(text)).toBe(true)
})

test.each([
  'github',
  'env:GITHUB_TOKEN',
  'env:OPENAI_API_KEY_FOR_THE_STAGING_PROJECT_2',
  'my-team.staging.openai-api-key-1',
  'sk-test',
  'env:GITHUB_ACTIONS_RUNNER_V2X86_64_QWERTZ',
  'secret:free',
  '',
  'a'.repeat(100),
])('%j is a name', (text) => {
  expect(looksLikeKey(text)).toBe(false)
})
