import { basename } from 'node:path'

const SHELLS: ReadonlySet<string> = new Set(
  (
    'sh bash rbash dash ash zsh ksh mksh fish csh tcsh busybox toybox nu elvish xonsh ' +
    'cmd powershell pwsh'
  ).split(' '),
)

/** Whether the program of a command is a shell. */
export function isShellCommand(target: string): boolean {
  return isShell(/^(?:"((?:[^"\\]|\\.)*)"|\S*)/.exec(target)?.[0].replaceAll('"', '') ?? '')
}

/** Whether a word, as a name or path, is the name of a shell. */
export function isShell(word: string): boolean {
  return SHELLS.has(programOf(word))
}

/** The name of a program, without its folder and ending. */
export function programOf(word: string): string {
  const name = basename(word.replaceAll('\\', '/')).toLowerCase()
  return name.replace(/\.(?:exe|cmd|bat)$/, '')
}

/** Programs that take a program as an argument or from stdin: the words alone do not say what they will do. */
const INTERPRETERS: ReadonlySet<string> = new Set(
  (
    'python pypy node nodejs deno bun perl ruby php lua luajit tclsh wish expect r rscript ghc runghc ' +
    'awk gawk mawk nawk sed gsed ed ex vi vim nvim emacs jq dc bc gdb lldb sqlite3 psql mysql osascript ' +
    'make gmake m4 env xargs parallel find ssh sudo doas su nohup nice timeout setsid time watch ' +
    'strace ltrace script docker podman kubectl npx npm pnpm yarn java jshell groovy scala erl elixir julia'
  ).split(' '),
)

/** Whether a program reads what it does from its arguments: `python3.12 -c`, `awk`, `sed`. */
export function isInterpreter(word: string): boolean {
  const name = programOf(word)
  return INTERPRETERS.has(name) || INTERPRETERS.has(name.replace(/[-.\d]+$/, ''))
}
