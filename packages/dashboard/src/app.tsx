import { CSPProvider } from '@base-ui/react/csp-provider'
import { Tooltip } from '@base-ui/react/tooltip'
import { QueryClientProvider } from '@tanstack/react-query'
import { Router } from 'wouter'
import { queryClient } from './api/query-client.ts'
import { Toasts } from './parts/toasts.tsx'
import { Gate } from './shell/gate.tsx'

/** The whole page: what every view stands on. */
export function App() {
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <Tooltip.Provider delay={400}>
          <Router base="/dashboard">
            <Toasts>
              <Gate />
            </Toasts>
          </Router>
        </Tooltip.Provider>
      </QueryClientProvider>
    </CSPProvider>
  )
}
