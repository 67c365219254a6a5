import { defineConfig } from 'tsup'
import { slimKy } from '../transport/build/slim-ky-plugin.ts'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'accounts/index': 'src/accounts/index.ts',
    'webhooks/index': 'src/webhooks/index.ts',
  },
  format: ['esm', 'cjs'],
  dts: true,
  clean: true,
  // One file, which was read whole: one loaded later would be gone if the package was replaced meanwhile.
  splitting: false,
  target: 'es2022',
  // The transport is private, so it travels inside, and ky with it, which CommonJS could not load otherwise.
  // The schema stays outside, so that each error class exists once.
  noExternal: ['@acme/transport', 'ky'],
  banner: { js: '/*! Includes ky, (c) Sindre Sorhus, MIT License: https://github.com/sindresorhus/ky */' },
  esbuildOptions(options) {
    options.conditions = ['@acme/source', 'module']
  },
  esbuildPlugins: [slimKy],
})
