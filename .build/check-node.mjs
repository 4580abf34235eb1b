// The repository pins Node 24 as a dev dependency; scripts started through npm run get it.
const major = Number(process.versions.node.split('.')[0])

if (major < 24) {
  console.error(
    `This needs Node 24 or newer, but it runs under ${process.versions.node}.\n` +
      'Start it through npm (npm test, npm run build): the pinned Node in node_modules/.bin comes\n' +
      'first there. If that does not help, its binary is missing because install scripts were\n' +
      'off: run npm install-scripts approve node, then npm ci. Or install Node 24 yourself.',
  )
  process.exit(1)
}
