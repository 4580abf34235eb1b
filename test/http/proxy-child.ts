import { openNet } from './support.ts'

// Asks for one address, in a process whose environment names proxies.
const net = await openNet()
const response = await net.client.request({ url: process.argv[2]! }, net.access())
console.log(response.status, await response.text())
await net[Symbol.asyncDispose]()
