import { createMock } from '@acme/msw/browser'
import { type Place, secretKey } from './place.ts'

/** The servers that a page can hold: the mock, in a service worker. */
export const targets: Readonly<Record<string, () => Promise<Place>>> = {
  worker: async () => {
    const mock = createMock({ secretKey })
    await mock.start()
    return { url: mock.url, publishableKey: mock.publishableKey, secretKey, close: async () => mock.stop() }
  },
}
