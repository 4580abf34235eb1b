import { describe, SpellError, VALUE_LIMITS } from '@llmspell/sdk'
import type { Access, CallContext, ScriptCall, ScriptHandler, Value } from '@llmspell/sdk'
import { FileContent, WebContent } from './content.ts'
import type { Content, Means } from './content.ts'
import { invalid } from './errors.ts'
import type { MediaConfig } from './generated/config.ts'
import { fieldsOf, handleOf, hold } from './held.ts'
import { saveTo } from './save.ts'

type Call<Args extends readonly unknown[]> = ScriptCall<Args>
type Text = [text: string, mime?: string]

const HINT = 'Write it to a file with :save(path), or hand it on as it is.'
/** What four characters carry three bytes of, beside the words around it. */
const MOST_BASE64 = Math.floor((VALUE_LIMITS.bytes - 1024) / 4) * 3

function accessOf(context: CallContext, subject: string): Access {
  const { grants, root, signal } = context
  return { subject, grants, root, signal, run: context }
}

/** One handler for each function of the module `Media`. */
export function mediaHandlers(
  means: Means,
  config: MediaConfig,
): Readonly<Record<string, ScriptHandler>> {
  const kept = (bytes: Uint8Array, mime: string | undefined, context: CallContext) =>
    hold(bytes, mime, context, config)
  const encoder = new TextEncoder()
  return {
    file: ({ args: [path], context }: Call<[string]>) => fileOf(path, means, context),
    url: ({ args: [url], context }: Call<[string]>) =>
      handleOf(new WebContent(addressOf(url), means), context),
    base64: ({ args: [text, mime], context }: Call<Text>) => kept(fromBase64(text), mime, context),
    from_bytes: ({ args: [bytes, mime], context }: Call<[Value, string?]>) =>
      kept(asBytes(bytes), mime, context),
    bytes: ({ args: [bytes], context }: Call<[Value]>) => kept(asBytes(bytes), undefined, context),
    text: ({ args: [text, mime = 'text/plain'], context }: Call<Text>) =>
      kept(encoder.encode(text), mime, context),
    ...methods(means),
  }
}

function methods(means: Means): Record<string, ScriptHandler> {
  const whole = (self: unknown, context: CallContext, method: string, most: number) =>
    (self as Content).read(accessOf(context, `Media:${method}`), most, HINT)
  return {
    'Media.bytes': ({ self, context }: Call<[]>) =>
      whole(self, context, 'bytes', VALUE_LIMITS.bytes),
    'Media.base64': async ({ self, context }: Call<[]>) =>
      toBase64(await whole(self, context, 'base64', MOST_BASE64)),
    'Media.data_url': async ({ self, context }: Call<[]>) => {
      const bytes = await whole(self, context, 'data_url', MOST_BASE64)
      return `data:${(self as Content).mime};base64,${toBase64(bytes)}`
    },
    'Media.save': ({ self, args: [path], context }: Call<[string]>) =>
      saveTo(path, self as Content, means.files, accessOf(context, 'Media:save')),
    'Media.describe': async ({ self, context }: Call<[]>) => {
      const content = self as Content
      await content.look(accessOf(context, 'Media:describe'))
      const url = content instanceof WebContent ? { url: content.url } : {}
      return { ...fieldsOf(content), ...url } as Value
    },
  }
}

interface Looked {
  readonly kind: string
  readonly path: string
  readonly bytes: number
}

async function fileOf(path: string, means: Means, context: CallContext) {
  const look = async (inner: CallContext): Promise<Value> => {
    const { kind, path: found, bytes } = await means.files.stat(path, accessOf(inner, 'Media.file'))
    return { kind, path: found, bytes }
  }
  const facts = (await context.step('look', look, { effect: 'pure' })) as unknown as Looked
  if (facts.kind === 'folder' || facts.kind === 'other') {
    throw new SpellError('FILE_NOT_REGULAR', `'${facts.path}' is no file: found a ${facts.kind}.`, {
      hint: 'Name a file.',
    })
  }
  const size = facts.kind === 'file' ? facts.bytes : undefined
  return handleOf(new FileContent(path, size, means), context)
}

/** @throws INPUT_INVALID */
function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return url
  const hint = 'Write it in full, such as https://example.com/a.png.'
  throw invalid('The address of media', 'a plain http or https URL', `'${text.slice(0, 80)}'`, hint)
}

/** Bytes, or a string of Lua that happens to be text. @throws INPUT_INVALID */
function asBytes(value: Value): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return new TextEncoder().encode(value)
  throw invalid('The content', 'bytes', describe(value), 'Send bytes or a string.')
}

/** @throws INPUT_INVALID */
function fromBase64(text: string): Uint8Array {
  const bare = text.replaceAll(/[\r\n\t ]/g, '')
  const padded = bare.length % 4 === 0 || !bare.includes('=')
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(bare) && padded && bare.replaceAll('=', '').length % 4 !== 1)
    return new Uint8Array(Buffer.from(bare, 'base64'))
  const hint = 'Send base64 with the alphabet A-Z a-z 0-9 + /, without a data: prefix.'
  throw invalid('The text of Media.base64', 'base64', 'other characters, or an end too early', hint)
}

const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
