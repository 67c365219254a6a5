import type { LogEntry } from '../app.ts'
import type { FaultReport } from '../http/fault-report.ts'

/** Writes what the command line prints of a request: one line, and for a fault its causes and where they arose. */
export function logLine({ method, path, status, duration, traceId, fault }: LogEntry): string {
  const line = `${method} ${path} ${status} ${duration} ms`
  return fault ? `${line} trace ${traceId}\n${faultLines(fault)}` : `${line}\n`
}

/** Writes what is told of a fault: its causes and where they arose. */
export function faultLines({ name, code, reason, frames, cause }: FaultReport, before = ''): string {
  const what = [name, code, reason && `(${reason})`].filter(Boolean).join(' ')
  const lines = [`${before}${what}`, ...frames.map((frame) => `  ${frame}`)].map((line) => `  ${line}\n`)
  return lines.join('') + (cause ? faultLines(cause, 'caused by ') : '')
}

/** Writes the same as one line of JSON, for machines that gather logs. */
export function logJson({ fault, ...entry }: LogEntry, now: Date): string {
  return `${JSON.stringify({ time: now.toISOString(), level: levelOf(entry.status), ...entry, fault })}\n`
}

/** Writes a fault that no reply tells of as one line of JSON. */
export function faultJson(fault: FaultReport, now: Date): string {
  return `${JSON.stringify({ time: now.toISOString(), level: 'error', event: 'background_fault', fault })}\n`
}

function levelOf(status: number): 'info' | 'error' {
  return status >= 500 ? 'error' : 'info'
}
