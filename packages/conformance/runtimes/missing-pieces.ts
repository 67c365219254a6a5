// Makes Node as poor as React Native, before anything else is loaded: takes away what an app there has not, except for
// what Node's own fetch is made of. The pieces that an app has to bring (docs, guide/runtimes) are left as if it had.
const missing: readonly (readonly [object, readonly string[]])[] = [
  [globalThis, ['document', 'location', 'localStorage', 'sessionStorage', 'BroadcastChannel', 'MessageChannel']],
  [globalThis, ['Event', 'EventTarget', 'CustomEvent', 'DOMException', 'addEventListener', 'reportError']],
  [Object.getPrototypeOf(navigator), ['locks', 'onLine', 'userAgent']],
  [Object.getPrototypeOf(crypto), ['subtle', 'randomUUID']],
  [Request.prototype, ['body']],
  [Response.prototype, ['body']],
  [AbortSignal, ['timeout']],
]
for (const [owner, names] of missing) for (const name of names) Reflect.deleteProperty(owner, name)

// One that is needed, for who wants to see that.
const [piece = '', ...owners] = (process.env['WITHOUT'] ?? '').split('.').reverse()
let owner: object = globalThis
for (const name of owners.reverse()) owner = Reflect.get(owner, name)
// Some are their owner's own, some its prototype's.
for (const one of [owner, Object.getPrototypeOf(owner)]) Reflect.deleteProperty(one, piece)
Object.assign(globalThis, { window: globalThis })

export {}
