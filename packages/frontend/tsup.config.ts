import { minify } from '@swc/core'
import { defineConfig } from 'tsup'
import { slimKy } from '../transport/build/slim-ky-plugin.ts'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    account: 'src/account/index.ts',
    live: 'src/live/index.ts',
    react: 'src/react/index.ts',
  },
  format: ['esm', 'cjs'],
  dts: true,
  clean: true,
  target: 'es2022',
  // The transport is private, so it travels inside, and ky with it, which CommonJS could not load otherwise.
  // The schema stays outside, so that each error class exists once.
  noExternal: ['@acme/transport', 'ky'],
  banner: { js: '/*! Includes ky, (c) Sindre Sorhus, MIT License: https://github.com/sindresorhus/ky */' },
  esbuildOptions(options) {
    options.conditions = ['@acme/source', 'module']
  },
  esbuildPlugins: [slimKy],
  plugins: [
    {
      name: 'swc-minify',
      // Done here and not left to the app: swc finds 2 % that the bundlers of most apps do not. Names are left
      // alone, since every bundler shortens them. Symbols lose their descriptions, which only a debugger shows.
      async renderChunk(code, { path }) {
        const options = {
          module: this.format === 'esm',
          compress: { passes: 3, ecma: 2022, unsafe_arrows: true, unsafe_methods: true, unsafe_symbols: true },
          mangle: false,
          toplevel: true,
          format: { comments: 'some' },
        } as const
        const { code: small } = await minify(code, options)
        // What React calls client code: pages made by servers may import it.
        return { code: path.includes('react') ? `"use client";${small}` : small }
      },
    },
  ],
})
