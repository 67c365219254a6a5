import { AcmeProvider } from '@acme/frontend/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { acme } from './acme.ts'
import { App } from './app.tsx'
import './style.css'

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <AcmeProvider frontend={acme}>
      <App />
    </AcmeProvider>
  </StrictMode>,
)
