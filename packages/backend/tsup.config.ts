import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts' },
  format: ['esm', 'cjs'],
  dts: { resolve: ['@acme/transport'] },
  clean: true,
  target: 'es2022',
  // Private, so it travels inside; the schema stays outside, so that each error class exists once.
  noExternal: ['@acme/transport'],
})
