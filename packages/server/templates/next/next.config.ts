import type { NextConfig } from 'next'

const config: NextConfig = {
  // By that name and no other, so that the page and the user-metadata server are of one site.
  allowedDevOrigins: ['127.0.0.1'],
}

export default config
