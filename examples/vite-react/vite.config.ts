import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  // Inside this repository the packages are used from their sources; an app needs no such line.
  resolve: { conditions: ['@acme/source', 'module', 'browser', 'development|production'] },
  server: { host: '127.0.0.1' },
})
