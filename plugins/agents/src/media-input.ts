import { isRef, SpellError } from '@llmspell/sdk'
import type {
  Access,
  CallContext,
  HandleRef,
  Media,
  MediaStore,
  Message,
  MessagePart,
  Value,
} from '@llmspell/sdk'
import type { Stop } from './abort.ts'
import type { AgentInput, ScriptMessage } from './config.ts'
import { asData } from './model-text.ts'

/** All media of one question together, in bytes. */
const MOST = 32 * 1024 * 1024

/** What is known of media once they were read. */
type Facts = Pick<Media, 'kind' | 'mime' | 'name' | 'width' | 'height' | 'bytes'>
type Known = Facts & { readonly content: Uint8Array }

type MediaPart = Extract<MessagePart, { readonly type: 'file' | 'text' }>

const handles = new WeakMap<MessagePart, HandleRef>()

/** The handle that a part of a message was made from. */
export function handleOf(part: MessagePart): HandleRef | undefined {
  return handles.get(part)
}

/** Remembers the handle behind a part, so that a script sees it in the messages. */
export function withHandle<T extends MessagePart>(part: T, ref: HandleRef): T {
  handles.set(part, ref)
  return part
}

/** On whose behalf media are read. */
export interface Reading {
  readonly agent: string
  readonly context: CallContext
  readonly stop: Stop
}

/** Reads the media of one question under the permissions of whoever asks the agent. */
export class MediaReader {
  readonly #reading: Reading
  readonly #store: MediaStore | undefined
  #left = MOST
  /** Something was read from an address. */
  untrusted = false

  constructor(reading: Reading, store: MediaStore | undefined) {
    this.#reading = reading
    this.#store = store
  }

  /** The handles of an input, the single image first. @throws NOT_AVAILABLE, INPUT_INVALID */
  handles(input: AgentInput): readonly HandleRef[] {
    if (typeof input === 'string') return []
    const { image, media = [] } = input
    return image === undefined ? media : [this.#image(image), ...media]
  }

  /** Bytes for pictures and the like, text for texts. @throws MEDIA_TOO_LARGE, MEDIA_MISMATCH, PERMISSION_DENIED */
  async part(ref: HandleRef): Promise<MediaPart> {
    const { stop, context } = this.#reading
    const media = this.#available().of(ref, context)
    const read = async (inner: CallContext): Promise<Value> => {
      const bytes = await media.read(this.#access(inner), this.#left)
      const { kind, mime, name, width, height } = media
      return { content: bytes, kind, mime, name, width, height, bytes: media.bytes }
    }
    const known = await stop.race(context.step('read media', read, { effect: 'pure' }))
    const { content, ...facts } = known as unknown as Known
    this.#left -= content.length
    if ('url' in media) this.untrusted = true
    const seen = 'url' in media ? { ...facts, url: String(media.url) } : facts
    return withHandle(partOf(seen, content), { ...ref, fields: fieldsOf(facts) })
  }

  /** A message of a script with its media in it. */
  async message(message: Message, { content }: ScriptMessage): Promise<Message> {
    if (!Array.isArray(content) || !content.some(({ type }) => type === 'media')) return message
    const parts: MessagePart[] = []
    for (const [i, part] of content.entries()) {
      const ref: unknown = part['media']
      parts.push(isRef(ref, 'handle') ? await this.part(ref) : message.content[i]!)
    }
    return { ...message, content: parts }
  }

  #image(image: NonNullable<Exclude<AgentInput, string>['image']>): HandleRef {
    if (isRef(image, 'handle')) return image
    const { base64, format } = image
    const { context } = this.#reading
    const store = this.#available()
    const mime = format === undefined ? 'application/octet-stream' : `image/${format}`
    const ref = store.add(Buffer.from(base64, 'base64'), mime, context)
    const { kind } = store.of(ref, context)
    if (kind === 'image') return ref
    throw new SpellError('INPUT_INVALID', `'input.image' must be a picture, found ${kind}.`, {
      hint: 'Send a picture in base64, or anything else as media.',
    })
  }

  #available(): MediaStore {
    if (this.#store) return this.#store
    throw new SpellError('NOT_AVAILABLE', "Media for agents need the plugin 'media'.", {
      hint: 'Install @llmspell/media, or enable it in the config.',
    })
  }

  #access(context: CallContext): Access {
    const { stop, agent } = this.#reading
    const { grants, root } = context
    return {
      subject: `Agent '${agent}'`,
      grants,
      root,
      signal: stop.signal,
      run: context,
    }
  }
}

/** A script hands a handle over without its fields. */
function fieldsOf({ kind, mime, bytes, name, width, height }: Facts): HandleRef['fields'] {
  const fields = { kind, mime, size: bytes, name, width, height }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function partOf(media: Facts & { readonly url?: string }, bytes: Uint8Array): MediaPart {
  const { kind, mime, name } = media
  if (kind !== 'text') return { type: 'file', mime, data: bytes, ...(name ? { name } : {}) }
  const text = new TextDecoder().decode(bytes)
  if ('url' in media) return { type: 'text', text: asData(text, `address '${media.url}'`) }
  return { type: 'text', text: name ? `File '${name}':\n${text}` : text }
}
