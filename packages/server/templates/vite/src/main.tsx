import { AcmeProvider } from '@acme/frontend/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { acme } from './acme.ts'
import { Profile } from './profile.tsx'

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <AcmeProvider frontend={acme}>
      <Profile />
    </AcmeProvider>
  </StrictMode>,
)
