import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/components.css";
import "./styles/pages.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { watchPrinting } from "./lib/printing.svelte";
import { listen } from "./lib/route.svelte";

const target = document.getElementById("page");
if (!target) throw new Error("index.html lacks the element with id page");
listen();
watchPrinting();
mount(App, { target });
