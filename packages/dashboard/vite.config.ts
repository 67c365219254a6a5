import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  // Wherever it is built from: the server's build and its tests do it for this folder.
  root: import.meta.dirname,
  base: '/dashboard/',
  plugins: [react()],
  resolve: { conditions: ['@acme/source', 'module', 'browser', 'development|production'] },
  build: {
    emptyOutDir: true,
    // Every file by its own address: the policy of the page takes no styles, scripts or fonts from the page itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What knows light-dark() and adopted style sheets.
    target: ['chrome123', 'edge123', 'firefox125', 'safari17.5'],
  },
})
