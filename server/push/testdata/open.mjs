// Opens messages as a browser does, by another implementation than the one that sealed them: reads
// [{body, privateKey, publicKey, auth}] in base64url from standard input, writes [{text} or {error}].
import { createECDH } from 'node:crypto'
import { createRequire } from 'node:module'
import { argv, stdin, stdout } from 'node:process'

const ece = createRequire(argv[2])('http_ece')
let input = ''
for await (const part of stdin) input += part
const out = JSON.parse(input).map(({ body, privateKey, auth }) => {
  try {
    const key = createECDH('prime256v1')
    key.setPrivateKey(Buffer.from(privateKey, 'base64url'))
    const text = ece.decrypt(Buffer.from(body, 'base64url'), {
      version: 'aes128gcm',
      privateKey: key,
      authSecret: Buffer.from(auth, 'base64url'),
    })
    return { text: text.toString('utf8') }
  } catch (error) {
    return { error: String(error) }
  }
})
stdout.write(JSON.stringify(out))
