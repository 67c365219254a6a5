import react from '@vitejs/plugin-react'
import { msw } from 'msw/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  // Serves MSW's worker script, in development only; with MSW 2, `npx msw init public` does.
  plugins: [react(), msw({ mode: 'worker-only' })],
  // Inside this repository the packages are used from their sources; an app needs no such line.
  resolve: { conditions: ['@acme/source', 'module', 'browser', 'development|production'] },
  server: { host: '127.0.0.1' },
})
