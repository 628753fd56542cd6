import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// The server sends index.html for every route of the page, so assets are asked for from the root.
export default defineConfig({
  plugins: [svelte()],
  base: "/",
  build: {
    outDir: "../src/harmscape/publish/web/assets",
    emptyOutDir: true,
    // Inlined data: URLs would need a wider content security policy than 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    // The licences of what is bundled travel with it; minifying drops their banners.
    license: { fileName: "licenses.md" },
  },
  server: {
    proxy: { "/api": "http://127.0.0.1:8000" },
  },
});
