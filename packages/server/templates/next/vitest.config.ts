import { defineConfig } from 'vitest/config'

// Next leaves JSX to itself, tests need it compiled.
export default defineConfig({ oxc: { jsx: { runtime: 'automatic' } } })
