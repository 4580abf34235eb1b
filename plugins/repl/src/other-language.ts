import type { EntryEnd } from '@llmspell/sdk'

/** What the one has and the other does not. */
const SIGNS = {
  lua: /\blocal\s+\w|\bthen\b|\belseif\b|~=|\bend\s*$|^\s*--|\bnil\b|\bfunction\b[^{]*\bend\b|\bdo\s*$/m,
  javascript:
    /\b(?:const|let|var)\s+[\w{[]|=>|[=!]==|\bawait\b|^\s*\/\/|\bfunction\b[^{}]*\{|\bnew\s+\w|`|\bexport\b|\bimport\b/m,
} as const

/** Of an entry that its parser refuses, and that looks like one of the other language, the hint says so. */
export function hinted<T extends EntryEnd>(end: T, language: string, text: string): T {
  if (end.status !== 'error' || end.error.code !== 'SCRIPT_SYNTAX') return end
  const other = language === 'lua' ? 'javascript' : 'lua'
  if (!SIGNS[other].test(text) || end.error.hint !== undefined) return end
  const name = other === 'lua' ? 'Lua' : 'JavaScript'
  const hint = `That looks like ${name}; change to it with: .engine ${other}`
  return { ...end, error: { ...end.error, hint } }
}
