import { spawn, execFile, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const binary = process.env.NIANGJIA_BIN ?? path.resolve('../bin/niangjia')

/** The units and people of the demo city that the tests use. */
export const CITY = '530900000000'
export const VILLAGE = '530923101201'
export const PASSWORD = 'niangjia'

/** The real server over an empty demo city, and a proxy before it that can lose what passes. */
export class Server {
  private process?: ChildProcess
  private proxy?: http.Server
  readonly data = mkdtempSync(path.join(tmpdir(), 'niangjia-e2e-'))
  private port = 0
  url = ''
  /** How many answers to POST /sync are still to be lost after the server has sent them. */
  loseAnswers = 0
  lost = 0
  /** Bodies of the pushes that went through, for counting what was sent. */
  pushes: number[] = []

  async start(): Promise<this> {
    await run(binary, ['demo', '--entries', '0', '--data', this.data])
    this.port = await freePort()
    await this.boot()
    this.proxy = http.createServer((request, response) => this.pass(request, response))
    await new Promise<void>((done) => this.proxy!.listen(0, '127.0.0.1', done))
    const address = this.proxy.address()
    if (!address || typeof address === 'string') throw new Error('the proxy has no port')
    this.url = `http://127.0.0.1:${address.port}`
    return this
  }

  private async boot() {
    this.process = spawn(binary, ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`], { stdio: 'ignore' })
    for (let i = 0; i < 200; i++) {
      if (this.process.exitCode !== null) throw new Error(`the server ended with ${this.process.exitCode}`)
      try {
        if ((await fetch(`http://127.0.0.1:${this.port}/readyz`)).ok) return
      } catch {
        await new Promise((done) => setTimeout(done, 50))
      }
    }
    throw new Error('the server does not get ready')
  }

  private pass(request: http.IncomingMessage, response: http.ServerResponse) {
    const forward = http.request(
      { host: '127.0.0.1', port: this.port, path: request.url, method: request.method, headers: request.headers },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          if (this.loseAnswers > 0 && request.url === '/api/v1/sync') {
            this.loseAnswers--
            this.lost++
            response.destroy()
            return
          }
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          response.end(Buffer.concat(chunks))
        })
      },
    )
    forward.on('error', () => response.destroy())
    request.pipe(forward)
  }

  /** `niangjia verify` recounts everything from the ledger; it throws where anything differs. */
  async verify(): Promise<void> {
    await run(binary, ['verify', '--data', this.data])
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

async function freePort(): Promise<number> {
  const server = http.createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (!address || typeof address === 'string') throw new Error('no free port')
  return address.port
}
