import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  // By that name and no other, so that the page and the user-metadata server are of one site.
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:3001' } },
})
