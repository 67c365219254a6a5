// Takes the place of what ky has for progress events, which nothing here listens to.

export const streamResponse = (response: Response): Response => response
export const streamRequest = (request: Request): Request => request
