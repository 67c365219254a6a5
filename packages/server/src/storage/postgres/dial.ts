import { Socket } from 'node:net'
import type { Host } from './database-url.ts'

/**
 * Gives connections to one of several servers. Where one ended, whatever the reason, the next is asked first: so they all
 * follow a primary that has moved. Whether a server is the one that is looked for, the driver finds out.
 *
 * The driver's own way through several hosts does not pause while none of them answers.
 */
export function createDial(hosts: readonly Host[]): () => Socket {
  let at = 0
  return () => {
    const asked = at
    const { hostname, port } = hosts[asked] as Host
    const socket = new Socket()
    socket.once('close', () => {
      if (at === asked) at = (asked + 1) % hosts.length
    })
    // The driver names both in its errors, and the host to TLS.
    Object.assign(socket, { host: hostname, port })
    return socket.connect(port, hostname)
  }
}
