import { printable, type Json, type Question, type ReadLine } from '@llmspell/sdk'
import { painter } from '../print/style.ts'
import { readAnswer } from './answer.ts'
import { answerValue, wantedText } from './answer-value.ts'

/** Shows a question of the script and reads one line; undefined at the end of stdin and where the signal comes first. */
export async function promptAnswer(
  question: Question,
  signal: AbortSignal,
  write: (text: string) => void,
  read: ReadLine = readAnswer,
): Promise<Json | undefined> {
  write(questionText(question))
  for (;;) {
    const typed = await read(signal)
    if (typed === undefined) {
      write('\n')
      return undefined
    }
    const meant = meantBy(question, typed)
    if (meant !== undefined) return meant.value
    write(`  ${expected(question)}\n  answer: `)
  }
}

function questionText({ text, choices, schema, default: otherwise }: Question): string {
  const paint = painter(process.stderr.isTTY)
  const rows = (choices ?? []).map(
    (choice, i) => `  ${paint('cyan', String(i + 1))} ${printable(choice)}\n`,
  )
  const preset = otherwise === undefined ? '' : ` [${printable(shownAs(otherwise), 60)}]`
  const head = printable(text, 2000)
  const wanted = schema && !choices ? ` (${printable(wantedText(schema), 200)})` : ''
  return `${paint('yellow', '?')} ${paint('bold', head)} ${paint('dim', '(the script asks)')}\n${rows.join('')}  answer${wanted}${preset}: `
}

const shownAs = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** What a line means; undefined for one that means nothing. A choice is given by its number, its text or a beginning of it. */
export function meantBy(
  { choices, schema, default: otherwise }: Question,
  typed: string,
): { readonly value: Json } | undefined {
  const word = typed.trim()
  if (word === '' && otherwise !== undefined) return { value: otherwise }
  if (word === '') return undefined
  if (!choices || choices.length === 0) return { value: schema ? answerValue(schema, word) : word }
  const found = choices.find((choice) => choice === word) ?? byNumber(choices, word)
  if (found !== undefined) return { value: found }
  const lower = word.toLowerCase()
  const [first, ...more] = choices.filter((choice) => choice.toLowerCase().startsWith(lower))
  return first === undefined || more.length > 0 ? undefined : { value: first }
}

function byNumber(choices: readonly string[], word: string): string | undefined {
  return /^\d+$/.test(word) ? choices[Number(word) - 1] : undefined
}

function expected({ choices }: Question): string {
  return choices && choices.length > 0
    ? `answer with a number from 1 to ${choices.length}, or with the words`
    : 'answer with some words'
}
