// The public API of @acme/msw. What is added here is promised to users.
export { createMock, type Mock, type MockOptions } from './create-mock.ts'
