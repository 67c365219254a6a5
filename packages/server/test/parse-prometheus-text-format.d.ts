declare module 'parse-prometheus-text-format' {
  /** Reads Prometheus' text format. */
  export default function parse(text: string): unknown[]
}
