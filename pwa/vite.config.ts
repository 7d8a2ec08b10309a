import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vite'

const api = process.env.NIANGJIA_API ?? 'http://127.0.0.1:8787'

type Info = (id: string) => { isEntry: boolean; importers: string[] } | null
/** Whether the app's entry needs a module at once, and not only for a page that is opened later. */
function first(id: string, info: Info, seen = new Set<string>()): boolean {
  if (seen.has(id)) return false
  seen.add(id)
  const module = info(id)
  return !!module && (module.isEntry || module.importers.some((one) => first(one, info, seen)))
}

/** Pages that are opened from the first one, and what they are made of. */
const atOnce = /\/(Home|Capture|Saved|Forms|Entr|Household|Enrol)\w*-/

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // Every component is written with `setup`: the other way of writing one need not be sent to the phone.
  define: { __VUE_OPTIONS_API__: false },
  // Phones of 2020 are still in use in villages; Vite's own default is too new for them.
  build: {
    target: ['chrome87', 'safari15'],
    sourcemap: false,
    // The first page carries the names of all files that a page asks for beside its own: a twentieth of its bytes. Only
    // pages that are opened from it at once need them all; others find what they import in their own file, and from the
    // second start on everything lies in the phone. Without its style sheet named here a page would have none.
    modulePreload: {
      resolveDependencies: (file, wanted) => wanted.filter((one) => atOnce.test(file) || one.endsWith('.css')),
    },
    rolldownOptions: {
      output: {
        // Everything that the first page needs in one file: it compresses better, and is one request on a slow line.
        codeSplitting: {
          groups: [{ name: (id, build) => (first(id, (one) => build.getModuleInfo(one)) ? 'app' : null) }],
        },
      },
    },
  },
  server: { proxy: { '/api': api } },
  preview: { proxy: { '/api': api } },
  plugins: [
    vue(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/sw',
      filename: 'sw.ts',
      // The page asks before it changes under the reader, and an inline script would break the content policy.
      registerType: 'prompt',
      injectRegister: false,
      injectManifest: { globPatterns: ['**/*.{js,css,html,png,svg,webmanifest}'] },
      manifest: {
        id: '/',
        name: '娘家 · 妇联工作记录',
        short_name: '娘家',
        description: '村妇联走访、调解、救助记录，没有信号也能用',
        lang: 'zh-CN',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        orientation: 'any',
        background_color: '#fbf7f4',
        theme_color: '#97274f',
        icons: [
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
    }),
  ],
})
