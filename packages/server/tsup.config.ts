import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    memory: 'src/storage/memory/memory-storage.ts',
    sqlite: 'src/storage/sqlite/sqlite-storage.ts',
    postgres: 'src/storage/postgres/postgres-storage.ts',
    'node/index': 'src/node/index.ts',
    'node/cli': 'src/node/cli.ts',
  },
  format: ['esm', 'cjs'],
  dts: {
    entry: {
      index: 'src/index.ts',
      memory: 'src/storage/memory/memory-storage.ts',
      sqlite: 'src/storage/sqlite/sqlite-storage.ts',
      postgres: 'src/storage/postgres/postgres-storage.ts',
      'node/index': 'src/node/index.ts',
    },
  },
  clean: true,
  // Where the files of the dashboard are is told by where the code is, in CommonJS too.
  shims: true,
  target: 'node22',
  // Node's own SQLite has no name without the prefix.
  removeNodeProtocol: false,
})
