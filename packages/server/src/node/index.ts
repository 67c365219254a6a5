// The public API of @acme/server/node. What is added here is promised to users.
export { createScryptPasswords } from './scrypt-passwords.ts'
export { serve, type ServeOptions, type Serving } from './serve.ts'
export { type RunningServer, startServer, type StartOptions } from './start-server.ts'
