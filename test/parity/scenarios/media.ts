import { both } from '../scenario.ts'

/** Contents, without a model. */
export const MEDIA = [
  both(
    'makes contents from texts and bytes',
    'Media.text Media.bytes Media.from_bytes Media.Media.bytes',
    `local a, b = Media.text('# Lamps', 'text/markdown'), Media.bytes('abc')
     return { a, b.kind, b.size, Media.from_bytes(b:bytes(), 'text/csv').mime }`,
    `const a = await Media.text('# Lamps', 'text/markdown'), b = await Media.bytes('abc')
     return [a, b.kind, b.size, (await Media.fromBytes(await b.bytes(), 'text/csv')).mime]`,
  ),
  both(
    'writes contents as text',
    'Media.base64 Media.Media.base64 Media.Media.data_url Media.Media.describe',
    `local a = Media.base64('R0lGODlhAgADAA==')
     return { a.mime, a.width, a:base64(), a:data_url(), a:describe() }`,
    `const a = await Media.base64('R0lGODlhAgADAA==')
     return [a.mime, a.width, await a.base64(), await a.dataUrl(), await a.describe()]`,
    {
      value: [
        'image/gif',
        2,
        'R0lGODlhAgADAA==',
        'data:image/gif;base64,R0lGODlhAgADAA==',
        { kind: 'image', mime: 'image/gif', size: 10, width: 2, height: 3, format: 'gif' },
      ],
    },
  ),
  both(
    'names a file',
    'Media.file',
    `local m = Media.file('notes.txt')
     return { m.kind, m.mime, m.size, m.name, m:describe().kind }`,
    `const m = await Media.file('notes.txt')
     return [m.kind, m.mime, m.size, m.name, (await m.describe()).kind]`,
    { options: { allow: { read: ['.'] } } },
  ),
  both(
    'names a file that it may not read',
    'Media.file',
    `return Media.file('notes.txt').mime`,
    `return (await Media.file('notes.txt')).mime`,
    { error: 'PERMISSION_DENIED' },
  ),
  both(
    'names an address, and may not write',
    'Media.url Media.Media.save',
    `local m = Media.url('https://example.com/a%20lamp.png')
     print(m.kind, m.name)
     Media.text('x'):save('new.txt')`,
    `const m = await Media.url('https://example.com/a%20lamp.png')
     print(m.kind, m.name)
     await (await Media.text('x')).save('new.txt')`,
    { error: 'PERMISSION_DENIED' },
  ),
  both(
    'makes a content of another type than it says',
    'Media.base64',
    `return Media.base64('R0lGODlhAgADAA==', 'image/png')`,
    `return Media.base64('R0lGODlhAgADAA==', 'image/png')`,
    { error: 'MEDIA_MISMATCH' },
  ),
]
