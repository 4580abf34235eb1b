/** How a terminal shows pictures. */
export type Protocol = 'kitty' | 'iterm' | 'sixel' | 'blocks' | 'none'

export type Colours = 'true' | '256'

type Environment = Readonly<Record<string, string | undefined>>

/** Asks for what the kitty protocol answers, and for device attributes (DA1), which every terminal has. */
export const QUESTION = '\u001B_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u001B\\\u001B[c'
/** The answer to DA1, whose parameter 4 says sixel. */
const DA1 = /\p{Cc}\[\?([\d;]{1,100})c/gu
/** The answer to a question of the kitty protocol. */
const KITTY = /\p{Cc}_Gi=\d{1,10};OK\p{Cc}/u
const KITTY_TERMS = /^xterm-(?:kitty|ghostty)$/
const KITTY_PROGRAMS = /^(?:ghostty|kitty)$/i
const ITERM_PROGRAMS = /^(?:iTerm\.app|WezTerm)$/

/**
 * What the terminal can do. Inside tmux and screen pictures would stay behind when the text moves: blocks are text.
 * @param answers what the terminal said to questions, if it was asked
 */
export function detectProtocol(env: Environment, answers = ''): Protocol {
  const { TERM: term = '', TERM_PROGRAM: program = '' } = env
  if (term === '' || term === 'dumb') return 'none'
  if (isNested(env)) return blocks(env)
  const isKitty = env['KITTY_WINDOW_ID'] || KITTY_TERMS.test(term) || KITTY_PROGRAMS.test(program)
  if (isKitty || KITTY.test(answers)) return 'kitty'
  if (ITERM_PROGRAMS.test(program) || env['LC_TERMINAL'] === 'iTerm2') return 'iterm'
  return saysSixel(answers) ? 'sixel' : blocks(env)
}

/** 24 bits where the terminal says so. */
export function coloursOf(env: Environment): Colours {
  const { COLORTERM: said = '', TERM: term = '' } = env
  return /^(?:truecolor|24bit)$/i.test(said) || term.endsWith('-direct') ? 'true' : '256'
}

/** True inside of tmux and screen. */
export const isNested = ({ TERM = '', TMUX, STY }: Environment): boolean =>
  Boolean(TMUX) || Boolean(STY) || /^(?:tmux|screen)/.test(TERM)

const blocks = (env: Environment): Protocol => (env['NO_COLOR'] ? 'none' : 'blocks')

function saysSixel(answers: string): boolean {
  return [...answers.matchAll(DA1)].some(([, said]) => said!.split(';').slice(1).includes('4'))
}
