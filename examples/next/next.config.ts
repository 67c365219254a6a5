import type { NextConfig } from 'next'

const config: NextConfig = {
  devIndicators: false,
  typescript: { ignoreBuildErrors: true },
  // Inside this repository the packages are used from their sources; an app needs none of what follows.
  transpilePackages: ['@acme/backend', '@acme/frontend', '@acme/schema', '@acme/transport'],
  webpack(options) {
    options.resolve.conditionNames = ['@acme/source', '...']
    return options
  },
}

export default config
