import { spawn, execFile, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const binary = process.env.NIANGJIA_BIN ?? path.resolve('../bin/niangjia')

/** The ids of the demo accounts that the tests ask for. */
export const CUN1 = 'de000000000000000000000000000001'
export const CUN1B = 'de000000000000000000000000000002'

/** The units and people of the demo city that the tests use. */
export const CITY = '530900000000'
export const TOWNSHIP = '530923101000'
export const VILLAGE = '530923101201'
export const PASSWORD = 'niangjia'

export interface ServerOptions {
  /** How many entries the demo city begins with; none if not given. */
  entries?: number
  /** Folder of a catalogue instead of the built-in one. */
  catalogue?: string
  /** More flags for the server. */
  serve?: string[]
}

/** One POST /sync as the proxy saw it pass. */
export interface Exchange {
  /** Whose session it came under. */
  account: string
  epoch: string
  /** Numbers of the changes that it carried. */
  changes: number[]
  /** What was answered; empty until it is there. */
  answer: string
}

/** The real server over a demo city, and a proxy before it that can lose, slow down and tell what passes. */
export class Server {
  private readonly options: ServerOptions
  private process?: ChildProcess
  private proxy?: http.Server
  readonly data = mkdtempSync(path.join(tmpdir(), 'niangjia-e2e-'))
  private port = 0
  url = ''
  /** How many answers to POST /sync are still to be lost after the server has sent them. */
  loseAnswers = 0
  lost = 0
  /** How many files of feeds are still to break off half-way. */
  cutFiles = 0
  /** The ranges of files of feeds that were asked for. */
  readonly ranges: string[] = []
  /** Photos and voice notes do not pass. */
  holdFiles = false
  /** The app is served and nothing else: as when the server behind it is being mended. */
  away = false
  /** Which version of the app is served: a later one's worker has other bytes. */
  appVersion = 1
  /** Milliseconds by which every answer to POST /sync comes later. */
  delay = 0
  readonly exchanges: Exchange[] = []
  /** How many exchanges that carried changes were answered to a phone that was gone by then. */
  abandoned = 0
  /** The most exchanges of one account that were ever under way together. */
  most = 0
  private readonly underway = new Map<string, number>()

  constructor(options: ServerOptions = {}) {
    this.options = options
  }

  /** The flags that every verb takes. */
  private get flags(): string[] {
    return ['--data', this.data, ...(this.options.catalogue ? ['--catalogue', this.options.catalogue] : [])]
  }

  async start(): Promise<this> {
    await run(binary, ['demo', '--entries', String(this.options.entries ?? 0), ...this.flags])
    await this.boot()
    this.proxy = http.createServer((request, response) => this.pass(request, response))
    await new Promise<void>((done) => this.proxy!.listen(0, '127.0.0.1', done))
    const address = this.proxy.address()
    if (!address || typeof address === 'string') throw new Error('the proxy has no port')
    this.url = `http://127.0.0.1:${address.port}`
    return this
  }

  /** The server's own address, without the proxy before it. */
  get direct(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** On a free port; where another test's server was quicker to take that one, on the next. */
  private async boot() {
    for (let tries = 0; tries < 5; tries++) {
      this.port = await freePort()
      if (await this.listens()) return
    }
    throw new Error(`the server ended with ${this.process?.exitCode}`)
  }

  private async listens(): Promise<boolean> {
    const listen = `127.0.0.1:${this.port}`
    const server = spawn(binary, ['serve', ...this.flags, '--listen', listen, ...(this.options.serve ?? [])], {
      stdio: 'ignore',
    })
    this.process = server
    for (let i = 0; i < 600; i++) {
      const ready = await fetch(`http://${listen}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      )
      if (server.exitCode !== null) return false
      if (ready) return true
      await new Promise((done) => setTimeout(done, 50))
    }
    throw new Error('the server does not get ready')
  }

  private pass(request: http.IncomingMessage, response: http.ServerResponse) {
    const body: Buffer[] = []
    request.on('data', (chunk: Buffer) => body.push(chunk))
    request.on('end', () => this.forward(request, Buffer.concat(body), response))
  }

  private forward(request: http.IncomingMessage, body: Buffer, response: http.ServerResponse) {
    const held = this.holdFiles && request.method !== 'GET' && request.url?.startsWith('/api/v1/attachments')
    if (held || (this.away && request.url?.startsWith('/api/'))) {
      response.writeHead(503).end()
      return
    }
    const exchange = request.url === '/api/v1/sync' ? this.enter(request, body) : undefined
    const file = request.url?.startsWith('/api/v1/snapshots/')
    const worker = request.url === '/sw.js' && this.appVersion > 1
    if (worker) delete request.headers['accept-encoding']
    if (file) this.ranges.push(request.headers.range ?? '')
    const forward = http.request(
      { host: '127.0.0.1', port: this.port, path: request.url, method: request.method, headers: request.headers },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          let content = Buffer.concat(chunks)
          if (worker) {
            content = Buffer.concat([content, Buffer.from(`\n// ${this.appVersion}`)])
            answer.headers['content-length'] = String(content.length)
            delete answer.headers.etag
          }
          const give = () => {
            if (exchange) this.leave(exchange, plain(content, answer.headers['content-encoding']))
            if (exchange && this.loseAnswers > 0) {
              this.loseAnswers--
              this.lost++
              response.destroy()
              return
            }
            if (exchange?.changes.length && response.destroyed) this.abandoned++
            response.writeHead(answer.statusCode ?? 502, answer.headers)
            if (file && this.cutFiles > 0) {
              this.cutFiles--
              // What had come before the line died was there for a while.
              response.write(content.subarray(0, (content.length * 4) / 5))
              setTimeout(() => response.destroy(), 2_000)
              return
            }
            response.end(content)
          }
          if (exchange && this.delay) setTimeout(give, this.delay)
          else give()
        })
      },
    )
    forward.on('error', () => {
      if (exchange) this.leave(exchange, '')
      response.destroy()
    })
    forward.end(body)
  }

  private enter(request: http.IncomingMessage, body: Buffer): Exchange {
    const lines = plain(body, request.headers['content-encoding']).split('\n').filter(Boolean)
    const token = request.headers.authorization?.split('.')[1] ?? ''
    const claims = token ? JSON.parse(Buffer.from(token, 'base64url').toString()) : {}
    const exchange: Exchange = {
      account: claims.sub ?? '',
      epoch: JSON.parse(lines[0] ?? '{}').epoch ?? '',
      changes: lines.slice(1).map((line) => JSON.parse(line).n),
      answer: '',
    }
    this.exchanges.push(exchange)
    const now = (this.underway.get(exchange.account) ?? 0) + 1
    this.underway.set(exchange.account, now)
    this.most = Math.max(this.most, now)
    return exchange
  }

  private leave(exchange: Exchange, answer: string) {
    exchange.answer = answer
    this.underway.set(exchange.account, this.underway.get(exchange.account)! - 1)
  }

  /** Closes the account and opens it again, which ends all her sessions. */
  async endSessions(account: string): Promise<void> {
    await run(binary, ['accounts', 'close', account, '--data', this.data])
    await run(binary, ['accounts', 'close', account, '--undo', '--data', this.data])
  }

  /** A verb of the program beside the running server: what it says, and whether it did it. */
  async verb(...words: string[]): Promise<{ ok: boolean; said: string }> {
    try {
      const { stdout, stderr } = await run(binary, [...words, ...this.flags])
      return { ok: true, said: stdout + stderr }
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string }
      if (stdout === undefined) throw error
      return { ok: false, said: stdout + stderr }
    }
  }

  /** Makes a backup and says that it lies elsewhere, by its hash. */
  async copyOffSite(): Promise<void> {
    const file = path.join(this.data, 'off-site.backup')
    await run(binary, ['backup', file, '--replace', ...this.flags])
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex')
    await run(binary, ['backup', 'confirm', hash, ...this.flags])
  }

  /** `niangjia verify` recounts everything from the ledger; it throws where anything differs. */
  async verify(): Promise<void> {
    await run(binary, ['verify', ...this.flags])
  }

  /** A checked copy of all that the server has. */
  async backup(file: string): Promise<void> {
    await run(binary, ['backup', file, '--replace', ...this.flags])
  }

  /** The machine is lost with all that lay on it; another one begins from a backup. */
  async lose(backup: string): Promise<void> {
    const gone = new Promise((done) => this.process!.once('exit', done))
    this.process!.kill('SIGKILL')
    await gone
    rmSync(this.data, { recursive: true, force: true })
    await run(binary, ['restore', backup, ...this.flags])
    await this.boot()
  }

  async stop(): Promise<void> {
    this.proxy?.closeAllConnections()
    await new Promise((done) => (this.proxy ? this.proxy.close(done) : done(undefined)))
    const server = this.process
    if (server && server.exitCode === null) {
      const ended = new Promise((done) => server.once('exit', done))
      server.kill('SIGTERM')
      await ended
    }
    rmSync(this.data, { recursive: true, force: true })
  }
}

function plain(body: Buffer, encoding: string | undefined): string {
  return (encoding === 'gzip' ? gunzipSync(body) : body).toString()
}

export async function freePort(): Promise<number> {
  const server = http.createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (!address || typeof address === 'string') throw new Error('no free port')
  return address.port
}
