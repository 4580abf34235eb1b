/** Shorter values are part of ordinary words: they are hidden by the name of their place only. */
export const SHORTEST = 6

/** A value as it may turn up: as it is, in JSON, URLs, HTML, and inside base64 wherever it begins there. */
export function formsOf(value: string): ReadonlySet<string> {
  const bytes = Buffer.from(value, 'utf8')
  const forms = [value, bytes.toString('latin1'), bytes.toString('hex')]
  forms.push(...jsonForms(value), ...urlForms(value), htmlForm(value))
  const base64 = [bytes.toString('base64'), ...[0, 1, 2].map((before) => inner(bytes, before))]
  forms.push(...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')))
  forms.push(...base64.map((text) => text.replace(/=+$/, '')))
  forms.push(bytes.toString('base64url'), bytes.toString('hex').toUpperCase())
  return new Set(forms.filter((form) => form.length >= SHORTEST))
}

function jsonForms(value: string): string[] {
  const plain = JSON.stringify(value).slice(1, -1)
  const ascii = plain.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return [plain, ascii].flatMap((text) => [text, text.replaceAll('/', String.raw`\/`)])
}

function urlForms(value: string): string[] {
  const text = value.toWellFormed()
  const component = encodeURIComponent(text)
  const strict = component.replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const form = new URLSearchParams({ v: text }).toString().slice(2)
  return [component, strict, form, encodeURI(text)].flatMap((each) => [each, lowerHex(each)])
}

const lowerHex = (text: string): string =>
  text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const htmlForm = (value: string): string => value.replaceAll(/[&<>"']/g, (char) => ENTITIES[char]!)

/** The characters of base64 that come from these bytes alone, whatever stands before and behind them. */
function inner(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
  const end = Math.floor(((before + bytes.length) * 8) / 6)
  return text.slice(Math.ceil((before * 8) / 6), end)
}
