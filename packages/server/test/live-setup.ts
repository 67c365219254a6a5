import { onTestFinished } from 'vitest'
import type { Server } from '../src/index.ts'
import { origin } from './setup.ts'

/** A stream of events that is read, whatever comes. */
export interface Reading {
  readonly status: number
  readonly headers: Headers
  /** What came so far. */
  text(): string
  /** The users that came so far; null is none any more. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  users(): any[]
  isOver(): boolean
  cancel(): Promise<void>
}

/** Reads a response on and on. */
export function readOn(response: Response): Reading {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let isOver = false
  const read = async () => {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true }
      if (done) break
      text += decoder.decode(value, { stream: true })
    }
    isOver = true
  }
  read().catch(() => {
    isOver = true
  })
  const cancel = async () => reader?.cancel().catch(() => {})
  onTestFinished(cancel)
  return {
    status: response.status,
    headers: response.headers,
    text: () => text,
    users: () => [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data)),
    isOver: () => isOver,
    cancel,
  }
}

/** Opens the events of whoever a cookie or another header names. */
export async function openEvents(
  server: Server,
  headers: Record<string, string>,
  query = '',
  method = 'GET',
): Promise<Reading> {
  return readOn(await server.fetch(new Request(`${origin}/v1/me/events${query}`, { method, headers })))
}
