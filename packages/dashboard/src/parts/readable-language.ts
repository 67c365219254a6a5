// A browser that takes its language from a system without one says "en-US@posix", which is no language tag (BCP 47). The
// library of charts hands it on as it is loaded, and fails.
try {
  new Intl.NumberFormat(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { configurable: true, value: 'en' })
}

export {}
