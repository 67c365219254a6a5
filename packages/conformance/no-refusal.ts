// Takes the place of what keeps @acme/backend out of pages, where both halves of a test must run in one page.
export function refusePage(): void {}
