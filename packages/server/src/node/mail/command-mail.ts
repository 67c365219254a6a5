import { spawn } from 'node:child_process'
import type { SendMail } from './smtp-mail.ts'
import type { Mail } from './write-mail.ts'

/** How long a command may take, in milliseconds. */
const longest = 30_000

/** How many commands run at once; more are refused. */
const mostRunning = 32

/** Hands mails to a command of the shell: one JSON object (`from`, `to`, `subject`, `text`, `html`) on its standard input. */
export function createCommandMail(command: string, from: string | undefined): SendMail {
  let running = 0
  return async (mail) => {
    if (running >= mostRunning) throw Object.assign(new Error('too many mails wait'), { code: 'MAIL_QUEUE_FULL' })
    running++
    try {
      await run(command, { ...(from !== undefined && { from }), ...mail })
    } finally {
      running--
    }
  }
}

function run(command: string, mail: Mail & { readonly from?: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, { shell: true, stdio: ['pipe', 'ignore', 'ignore'], timeout: longest })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else
        reject(Object.assign(new Error('the mail command failed'), { code: `MAIL_COMMAND_EXIT_${code ?? 'KILLED'}` }))
    })
    // One that reads nothing says by its exit how it went.
    child.stdin.on('error', () => {})
    child.stdin.end(JSON.stringify(mail))
  })
}
