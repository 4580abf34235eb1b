import { expect, test } from 'vitest'
import { coloursOf, detectProtocol } from './protocol.ts'

const XTERM = { TERM: 'xterm-256color' }

test.each([
  [{}, '', 'none'],
  [{ TERM: 'dumb', KITTY_WINDOW_ID: '1' }, '', 'none'],
  [XTERM, '', 'blocks'],
  [{ ...XTERM, NO_COLOR: '1' }, '', 'none'],
  [{ ...XTERM, KITTY_WINDOW_ID: '1' }, '', 'kitty'],
  [{ TERM: 'xterm-kitty' }, '', 'kitty'],
  [{ ...XTERM, TERM_PROGRAM: 'ghostty' }, '', 'kitty'],
  [XTERM, '\u001B_Gi=31;OK\u001B\\\u001B[?62c', 'kitty'],
  [XTERM, '\u001B_Gi=31;ENOTSUP\u001B\\\u001B[?62;22c', 'blocks'],
  [{ ...XTERM, TERM_PROGRAM: 'iTerm.app' }, '', 'iterm'],
  [{ ...XTERM, TERM_PROGRAM: 'WezTerm' }, '\u001B[?62;4c', 'iterm'],
  [XTERM, '\u001B[?62;4;22c', 'sixel'],
  [XTERM, '\u001B[?4c', 'blocks'],
  [XTERM, '\u001B[?62;14;44c', 'blocks'],
  [{ TERM: 'tmux-256color', KITTY_WINDOW_ID: '1' }, '\u001B[?62;4c', 'blocks'],
  [{ ...XTERM, TMUX: '/tmp/x', TERM_PROGRAM: 'iTerm.app' }, '', 'blocks'],
])('of %j that answers %j is %s', (env, answers, expected) => {
  expect(detectProtocol(env, answers)).toBe(expected)
})

test.each([
  [{ COLORTERM: 'truecolor' }, 'true'],
  [{ TERM: 'xterm-direct' }, 'true'],
  [XTERM, '256'],
])('the colours of %j are %s', (env, expected) => {
  expect(coloursOf(env)).toBe(expected)
})
