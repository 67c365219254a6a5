/**
 * The files of tests that a run of a part leaves to full scale: whole apps, as a browser or an installer goes through them,
 * of which smaller tests try the same. Together they take half as long as all the rest. Who names one gets it at any scale.
 */
export const atFullScale: readonly string[] = [
  'examples/next/test/**',
  'packages/conformance/official/{clerk-apps,clerk-pages,live-instance}.test.ts',
  'packages/dashboard/test/{keyboard,looks,operating,payloads}.e2e-test.ts',
  'packages/docs/test/{quick-start-next,quick-starts}.test.ts',
  'packages/tools/test/{installers,release}.test.ts',
]
