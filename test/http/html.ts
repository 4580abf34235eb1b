import type { Answer } from './pages.ts'

const paragraph =
  'The lamps of the old town were lit one by one, and each of them, tall or small, had its own keeper, who knew it well. '
const page = (title: string, body: string, head = ''): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>${head}</head><body>${body}</body></html>`
const html =
  (text: string | Uint8Array, type = 'text/html; charset=utf-8'): Answer =>
  ({ response }) =>
    response.setHeader('content-type', type).end(text)

const article = (text: string): string =>
  page(
    'Lamps & kettles',
    `<nav><a href="/home">Home</a></nav><article><h1>Lamps</h1>${text}</article>`,
  )

/** What is read by web-scrape. */
export const HTML: Readonly<Record<string, Answer>> = {
  '/': html(
    article(`<p>${paragraph.repeat(3)}</p><p>${paragraph.repeat(3)} <a href="/two">two</a></p>`),
  ),
  '/two': html(page('Two', '<p>Second. <a href="/three#x">three</a> <a href="/">one</a></p>')),
  '/three': html(
    page('Three', '<p>Third. <a href="https://example.com/">away</a> <a href="/gone">gone</a></p>'),
  ),
  '/private': html(page('Private', '<p>Not for robots.</p>')),
  '/binary-as-html': html(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1, 2, 3])),
  '/binary': html(Buffer.from([0, 1, 2, 255]), 'application/octet-stream'),
  '/latin1': html(
    Buffer.from(page('Käse', '<p>Käse für alle</p>').replace(/<meta.*?>/, ''), 'latin1'),
    'text/html; charset=iso-8859-1',
  ),
  '/meta': html(
    Buffer.from(page('Käse', '<p>Käse</p>').replace('utf-8', 'windows-1252'), 'latin1'),
    'text/html',
  ),
  '/wrong': html(Buffer.from(page('Käse', '<p>Käse</p>'), 'latin1'), 'text/html; charset=utf-8'),
  '/wrong-too': html(page('Käse', '<p>Käse</p>'), 'text/html; charset=iso-8859-1'),
  '/unknown-charset': html(page('Käse', '<p>Käse</p>'), 'text/html; charset=x-klingon'),
  '/utf16': html(
    Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from(page('Käse', '<p>Käse €</p>'), 'utf16le'),
    ]),
    'text/html',
  ),
  '/shift-jis': html(Buffer.from([0x93, 0xfa, 0x96, 0x7b]), 'text/plain; charset=shift_jis'),
  '/deep': html('<div>'.repeat(50_000)),
  '/wide': html('<b>x</b>'.repeat(100_000)),
  '/huge': html('x'.repeat(6 * 1024 * 1024)),
  '/links': html(
    page(
      'Links',
      '<a href="a">A</a> <a href="javascript:alert(1)">no</a> <a href="data:text/html,x">no</a> <a href="//other.example/x">B</a>' +
        '<a href="mailto:a@b.c">no</a><a href="http://u:p@h.example/">no</a><a href="a#again">A</a><iframe src="/frame"></iframe>' +
        '<img srcset="/s 2x" src="i.png" alt="picture"><a onclick="x()" href="/c" style="color:red">C\u200b\u{e0041}</a>',
      '<base href="https://base.example/d/"><meta http-equiv="refresh" content="0;url=http://127.0.0.1/">',
    ),
  ),
  '/hidden': html(
    page(
      'Hid\u202eden',
      `<p>Seen\u200b wo\u00adrds\u{e0049}\u{e0047}.</p><p style="color:red;display : none">NO1</p><p hidden>NO2</p>
       <p aria-hidden="true">NO3</p><div class="gone">NO4</div><span style="visibility:hidden">NO5</span><!-- NO6 -->
       <p style="font-size:0">NO7</p><p style="opacity:0">NO8</p><script>NO9</script><noscript>NO10</noscript><template>NO11</template>
       <p class="shown">Also seen.</p>`,
      '<style>/* .shown{display:none} */ .gone { display: none } @media print { .shown { display: none } }</style>',
    ),
  ),
  '/table': html(
    page(
      'Table',
      '<table><tr><th>lamp</th><th>price</th></tr><tr><td>tall</td><td>3</td></tr></table><ul><li>a<li>b</ul><pre>x\n  y</pre>',
    ),
  ),
  '/refresh': html(page('R', '<p>Stay</p>', '<meta http-equiv="refresh" content="0;url=/two">')),
}
