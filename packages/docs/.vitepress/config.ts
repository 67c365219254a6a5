import { defineConfig } from 'vitepress'
import { navigation } from '../src/navigation.ts'
import { noEmptyHeads } from '../src/no-empty-heads.ts'
import { searchWords } from '../src/search-words.ts'
import { showFileNames } from '../src/show-file-names.ts'

// A menu that opens by a script is of no use without one: then it stands below the page.
const withoutScripts = `@media (max-width: 959px) {
  .VPSidebar { order: 1; position: static !important; width: auto !important; max-width: none !important; transform: none !important; opacity: 1 !important; visibility: visible !important; }
  .VPLocalNav { display: none !important }
}
.VPNavBarSearch, .VPSwitchAppearance, .VPNavBarHamburger, .VPSidebar .caret { visibility: hidden }`

export default defineConfig({
  base: '/docs/',
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: '.tmp/vitepress',
  cleanUrls: true,
  lang: 'en-GB',
  title: 'Acme user metadata',
  titleTemplate: ':title · Acme',
  description: 'Your app’s own facts about a user: typed, for the browser and your server.',
  head: [
    ['link', { rel: 'icon', href: 'data:,' }],
    ['noscript', {}, `<style>${withoutScripts}</style>`],
  ],
  transformHead: ({ page }) =>
    page === '404.md' ? [] : [['link', { rel: 'alternate', type: 'text/markdown', href: `/docs/${page}` }]],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config(markdown) {
      showFileNames(markdown)
      noEmptyHeads(markdown)
    },
  },
  themeConfig: {
    siteTitle: 'Acme user metadata',
    nav: [
      { text: 'Start', link: '/start/react', activeMatch: '^/start/' },
      { text: 'Guide', link: '/guide/kinds', activeMatch: '^/guide/' },
      { text: 'Errors', link: '/errors' },
      { text: 'Reference', link: '/reference/frontend', activeMatch: '^/reference/' },
    ],
    sidebar: navigation as never,
    outline: { level: 2, label: 'On this page' },
    search: { provider: 'local', options: { miniSearch: { options: { tokenize: searchWords } } } },
  },
})
