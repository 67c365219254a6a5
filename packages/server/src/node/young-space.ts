import { setFlagsFromString } from 'node:v8'

/** For commands that go through everything: each row is needed for a moment, and room for young objects would only grow. */
export function keepYoungSpaceSmall(): void {
  setFlagsFromString('--max-semi-space-size=2')
  setFlagsFromString('--semi-space-growth-factor=1')
}
