import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    // On a phone table rows become blocks, and browsers then forget that they are a table: the roles are written out.
    warningFilter: (warning) => warning.code !== "a11y_no_redundant_roles",
  },
};
