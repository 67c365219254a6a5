import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

/** A view and where it stands. */
export interface View {
  /** Behind `/dashboard`, in wouter's form. */
  readonly path: string
  readonly title: string
  readonly view: LazyExoticComponent<ComponentType>
  /** Whether the navigation leads to it, and in which group. */
  readonly group?: 'look' | 'set-up'
  /** What goes to it after a `g`. */
  readonly key?: string
}

/** Every view, in the order of the navigation. What is added here is routed, listed and found by the palette. */
export const views: readonly View[] = [
  {
    path: '/',
    title: 'Overview',
    group: 'look',
    key: 'o',
    view: lazy(async () => ({ default: (await import('./views/overview/overview.tsx')).Overview })),
  },
  {
    path: '/users',
    title: 'Users',
    group: 'look',
    key: 'u',
    view: lazy(async () => ({ default: (await import('./views/users/users.tsx')).Users })),
  },
  {
    path: '/users/:id/history',
    title: 'History',
    view: lazy(async () => ({ default: (await import('./views/history/history.tsx')).History })),
  },
  {
    path: '/users/:id',
    title: 'User',
    view: lazy(async () => ({ default: (await import('./views/user/user.tsx')).User })),
  },
  {
    path: '/schemas',
    title: 'Schemas',
    group: 'set-up',
    key: 's',
    view: lazy(async () => ({ default: (await import('./views/schemas/schemas.tsx')).Schemas })),
  },
  {
    path: '/webhooks',
    title: 'Webhooks',
    group: 'set-up',
    key: 'w',
    view: lazy(async () => ({ default: (await import('./views/webhooks/webhooks.tsx')).Webhooks })),
  },
  {
    path: '/keys',
    title: 'Keys',
    group: 'set-up',
    key: 'k',
    view: lazy(async () => ({ default: (await import('./views/keys/keys.tsx')).Keys })),
  },
]
